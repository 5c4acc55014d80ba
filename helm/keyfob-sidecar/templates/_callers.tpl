{{- /* `env` of a container that asks: `include "keyfob-sidecar.env" (list . "web")`. */ -}}
{{- define "keyfob-sidecar.env" -}}
{{- $s := index (first .).Values "keyfob-sidecar" -}}
{{- include "keyfob-sidecar.assertCaller" . -}}
- name: KEYFOB_ADDR
  value: {{ ternary "unix:/run/keyfob/keyfob.sock" (printf "http://127.0.0.1:%v" $s.port) (eq $s.mode "socket") }}
{{- if eq $s.mode "token" }}
- name: KEYFOB_TOKEN_FILE
  value: /run/keyfob/token
{{- end }}
{{- end -}}

{{- /* `volumeMounts` of a container that asks: its own token or socket, and nobody else's. */ -}}
{{- define "keyfob-sidecar.volumeMounts" -}}
{{- $s := index (first .).Values "keyfob-sidecar" -}}
{{- include "keyfob-sidecar.assertCaller" . -}}
{{- if ne $s.mode "open" -}}
- name: keyfob-{{ $s.mode }}-{{ last . }}
  mountPath: /run/keyfob
  readOnly: true
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.assertCaller" -}}
{{- $s := index (first .).Values "keyfob-sidecar" -}}
{{- $names := list -}}
{{- range $s.callers }}{{ $names = append $names .name }}{{ end -}}
{{- if and (ne $s.mode "open") (not (has (last .) $names)) -}}
{{- fail (printf "keyfob-sidecar.callers has no '%s', only: %s" (last .) (join ", " $names)) -}}
{{- end -}}
{{- end -}}

{{- /* What the sidecar sees of its callers. */ -}}
{{- define "keyfob-sidecar.callerMounts" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- if ne $s.mode "open" -}}
{{- range $s.callers }}
- name: keyfob-{{ $s.mode }}-{{ .name }}
  mountPath: /run/keyfob/callers/{{ .name }}
  {{- if eq $s.mode "token" }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.callerVolumes" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- if ne $s.mode "open" -}}
{{- range $s.callers }}
- name: keyfob-{{ $s.mode }}-{{ .name }}
  {{- if eq $s.mode "socket" }}
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
  {{- else if eq $s.tokens.source "secret" }}
  secret:
    secretName: {{ $s.tokens.secretName | required "keyfob-sidecar.tokens.secretName must name the secret with a key for each caller" | toYaml }}
    items:
      - key: {{ .name | toYaml }}
        path: token
  {{- else }}
  projected:
    sources:
      - serviceAccountToken:
          audience: keyfob.dev/{{ .name }}
          expirationSeconds: {{ $s.tokens.expirationSeconds }}
          path: token
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}
