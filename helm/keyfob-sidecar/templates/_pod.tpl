{{- /* Items of `volumes`. */ -}}
{{- define "keyfob-sidecar.volumes" -}}
- name: keyfob-config
  configMap:
    name: {{ include "keyfob-sidecar.configMapName" . | toYaml }}
{{- include "keyfob-sidecar.callerVolumes" . }}
{{- include "keyfob-sidecar.storeVolumes" . }}
{{- end -}}

{{- /* `securityContext` of the pod: the group through which containers of other users reach tokens and sockets. */ -}}
{{- define "keyfob-sidecar.podSecurityContext" -}}
fsGroup: {{ (index .Values "keyfob-sidecar").fsGroup }}
{{- end -}}
