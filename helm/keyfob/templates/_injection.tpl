{{- /* All that may stand after `keyfob.dev/`; the last is the library chart's own. */ -}}
{{- define "keyfob.annotations" -}}
[inject, port, cpu-request, memory-request, cpu-limit, memory-limit, config-hash]
{{- end -}}

{{- define "keyfob.annotation" -}}
object.metadata.annotations[?"keyfob.dev/{{ . }}"]
{{- end -}}

{{- /* Names of the callers, as a CEL list. */ -}}
{{- define "keyfob.callerNames" -}}
{{- $names := list -}}
{{- range (index .Values "keyfob-sidecar").callers }}{{ $names = append $names .name }}{{ end -}}
{{- toJson $names -}}
{{- end -}}

{{- /* Whether the container `c` may ask. */ -}}
{{- define "keyfob.isCaller" -}}
{{- ternary "true" (printf "c.name in %s" (include "keyfob.callerNames" .)) (eq (index .Values "keyfob-sidecar").mode "open") -}}
{{- end -}}

{{- define "keyfob.isInjected" -}}
has(object.metadata.annotations) && object.metadata.annotations[?"keyfob.dev/inject"] == optional.of({{ include "keyfob.name" . | toJson }})
{{- end -}}

{{- /* The library chart's container as a CEL object, with what annotations may change. */ -}}
{{- define "keyfob.injectedContainer" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- $container := include "keyfob-sidecar.container" . | fromYaml -}}
{{- $_ := set $container "resources" (dict "requests" (dict "cel" "variables.requests") "limits" (dict "cel" "variables.limits")) -}}
{{- if ne $s.mode "socket" -}}
{{- $args := $container.args -}}
{{- $_ := set $container "args" (dict "cel" (printf "%s + variables.portArgs" (toJson $args))) -}}
{{- end -}}
{{- include "keyfob.cel" (list $container "Object.spec.initContainers") -}}
{{- end -}}

{{- /* An amount as annotated, else as in the values; an empty annotation takes it away. */ -}}
{{- define "keyfob.amounts" -}}
{{- $default := first . | default dict -}}
{{- $kind := last . -}}
{{- $entries := list -}}
{{- range list "cpu" "memory" -}}
{{- $given := get $default . | toString -}}
{{- $entries = append $entries (printf "?%s: optional.ofNonZeroValue(%s.orValue(%s))" (toJson .) (include "keyfob.annotation" (printf "%s-%s" . $kind)) (toJson $given)) -}}
{{- end -}}
{{- range $name, $amount := omit $default "cpu" "memory" -}}
{{- $entries = append $entries (printf "%s: %s" (toJson $name) ($amount | toString | toJson)) -}}
{{- end -}}
{ {{- join ", " $entries -}} }
{{- end -}}

{{- /* What a caller's container needs in its environment, as CEL. */ -}}
{{- define "keyfob.callerEnv" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
KEYFOB_ADDR: {{ ternary (toJson "unix:/run/keyfob/keyfob.sock") "\"http://127.0.0.1:\" + variables.port" (eq $s.mode "socket") | squote }}
{{- if eq $s.mode "token" }}
KEYFOB_TOKEN_FILE: {{ toJson "/run/keyfob/token" | squote }}
{{- end }}
{{- end -}}
