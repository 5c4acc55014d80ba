{{- /*
A value as a CEL expression: `include "keyfob.cel" (list VALUE TYPE)`. Objects get the type of their place in a pod
(`Object.spec.volumes`), except where Kubernetes has a map. An object `{cel: "…"}` is an expression as it is.
*/ -}}
{{- define "keyfob.cel" -}}
{{- $value := first . -}}
{{- $type := index . 1 -}}
{{- if kindIs "map" $value -}}
  {{- if eq (keys $value | join ",") "cel" -}}
    {{- $value.cel -}}
  {{- else -}}
    {{- $fields := list -}}
    {{- $isMap := has (splitList "." $type | last) (list "requests" "limits" "labels" "annotations" "matchLabels" "volumeAttributes") -}}
    {{- range $key := keys $value | sortAlpha -}}
      {{- $inner := include "keyfob.cel" (list (get $value $key) (printf "%s.%s" $type $key)) -}}
      {{- $fields = append $fields (printf "%s: %s" (ternary (toJson $key) $key $isMap) $inner) -}}
    {{- end -}}
    {{- ternary "" $type $isMap }}{ {{- join ", " $fields -}} }
  {{- end -}}
{{- else if kindIs "slice" $value -}}
  {{- $items := list -}}
  {{- range $value -}}
    {{- $items = append $items (include "keyfob.cel" (list . $type)) -}}
  {{- end -}}
  [{{- join ", " $items -}}]
{{- else -}}
  {{- toJson $value -}}
{{- end -}}
{{- end -}}
