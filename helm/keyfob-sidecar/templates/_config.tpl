{{- /* keyfob.yaml: `config` of the values, with what the chart itself knows. */ -}}
{{- define "keyfob-sidecar.config" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- $config := include "keyfob-sidecar.baseConfig" . | fromYaml -}}
{{- $_ := set $config "listen" (include "keyfob-sidecar.listen" . | fromYamlArray) -}}
{{- $access := $config.access | default dict -}}
{{- $_ := set $access "mode" (ternary "open" "token" (eq $s.mode "open")) -}}
{{- $_ := set $access "callers" (include "keyfob-sidecar.callers" . | fromYamlArray) -}}
{{- $_ := set $config "access" $access -}}
{{- if eq $s.mode "socket" -}}
{{- $_ := set $config "socket" (dict "mode" $s.socket.mode) -}}
{{- end -}}
{{- if and (not $s.native) (not (hasKey $config "drain")) -}}
{{- /* A plain container is told to stop together with the application, which may still need a secret. */ -}}
{{- $_ := set $config "drain" "20s" -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- /* What a sidecar and the daemon of a node have in common. */ -}}
{{- define "keyfob-sidecar.baseConfig" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- if not $s.config.providers -}}
{{- fail "keyfob-sidecar.config.providers is empty: name the stores, as in keyfob.yaml" -}}
{{- end -}}
{{- $config := deepCopy $s.config -}}
{{- $_ := set $config "ops" (dict "listen" (list (include "keyfob-sidecar.opsAddress" .))) -}}
{{- if $s.persistence.enabled -}}
{{- $files := dict "file" "/var/lib/keyfob/cache.bin" "key" (dict "file" "/run/keyfob/cache-key/key") -}}
{{- $_ := set $config "cache" (set ($config.cache | default dict) "persistence" $files) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "keyfob-sidecar.opsAddress" -}}
{{- $ops := (index .Values "keyfob-sidecar").ops -}}
{{ ternary (printf "[%s]" $ops.address) $ops.address (contains ":" $ops.address) }}:{{ $ops.port }}
{{- end -}}

{{- define "keyfob-sidecar.listen" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- if and (ne $s.mode "socket") (eq (int $s.port) (int $s.ops.port)) -}}
{{- fail (printf "keyfob-sidecar.port and keyfob-sidecar.ops.port are both %v: take another one" $s.port) -}}
{{- end -}}
{{- if eq $s.mode "socket" -}}
{{- range $s.callers }}
- address: unix:/run/keyfob/callers/{{ .name }}/keyfob.sock
  caller: {{ .name | toYaml }}
{{- end }}
{{- else }}
- 127.0.0.1:{{ $s.port }}
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.callers" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- if and (ne $s.mode "open") (not $s.callers) -}}
{{- fail (printf "keyfob-sidecar.callers is empty: name the containers that may ask, and what each may read (mode %s)" $s.mode) -}}
{{- end -}}
{{- $callers := list -}}
{{- range $s.callers -}}
{{- if and (eq $s.mode "open") (ne .name "anonymous") -}}
{{- fail (printf "keyfob-sidecar.callers has '%s', but in mode open every caller is 'anonymous': leave it out, or take token or socket" .name) -}}
{{- end -}}
{{- $caller := deepCopy . -}}
{{- if eq $s.mode "token" -}}
{{- $_ := set $caller "token" (dict "file" (printf "/run/keyfob/callers/%s/token" .name)) -}}
{{- end -}}
{{- $callers = append $callers $caller -}}
{{- end -}}
{{- toYaml $callers -}}
{{- end -}}

{{- /* The ConfigMap, whole. */ -}}
{{- define "keyfob-sidecar.configMap" -}}
{{- if not (index .Values "keyfob-sidecar").configMapName -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "keyfob-sidecar.configMapName" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    app.kubernetes.io/name: keyfob
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
data:
  keyfob.yaml: |
    {{- include "keyfob-sidecar.config" . | nindent 4 }}
{{- end -}}
{{- end -}}
