{{- /* Name of the ConfigMap that holds keyfob.yaml. */ -}}
{{- define "keyfob-sidecar.configMapName" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- $s.configMapName | default (printf "%s-keyfob" (.Release.Name | trunc 56 | trimSuffix "-")) -}}
{{- end -}}

{{- /* Labels of a pod with the sidecar: PodMonitor and NetworkPolicy of the chart 'keyfob' select by them. */ -}}
{{- define "keyfob-sidecar.podLabels" -}}
keyfob.dev/sidecar: 'true'
{{- end -}}

{{- /* Annotations of a pod: it is replaced when its configuration changes. Nothing for a ConfigMap of someone else. */ -}}
{{- define "keyfob-sidecar.podAnnotations" -}}
{{- if not (index .Values "keyfob-sidecar").configMapName -}}
keyfob.dev/config-hash: {{ include "keyfob-sidecar.config" . | sha256sum | trunc 16 | quote }}
{{- end -}}
{{- end -}}

{{- define "keyfob-sidecar.image" -}}
{{- $image := (index .Values "keyfob-sidecar").image -}}
{{ $image.repository }}{{ with $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end -}}
