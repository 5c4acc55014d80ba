{{- define "keyfob.nodeConfig" -}}
{{- $node := .Values.node -}}
{{- $name := printf "%s-node" (include "keyfob.name" .) -}}
{{- $service := printf "%s.%s" $name .Release.Namespace -}}
{{- if not $node.callers -}}
{{- fail "node.callers is empty: name the service accounts that may ask, and what each may read" -}}
{{- end -}}
{{- $ops := (index .Values "keyfob-sidecar").ops -}}
{{- if eq (int $node.port) (int $ops.port) -}}
{{- fail (printf "node.port and keyfob-sidecar.ops.port are both %v: take another one" $node.port) -}}
{{- end -}}
{{- $config := include "keyfob-sidecar.baseConfig" . | fromYaml -}}
{{- $_ := set $config "listen" (list (printf "%s:%v" (ternary "[::]" "0.0.0.0" (contains ":" $ops.address)) $node.port)) -}}
{{- $_ := set $config "tls" (dict "cert" "/run/keyfob/tls/tls.crt" "key" "/run/keyfob/tls/tls.key") -}}
{{- $_ := set $config "hosts" (concat ($config.hosts | default list) (list $name $service (printf "%s.svc" $service) (printf "%s.svc.cluster.local" $service))) -}}
{{- $jwt := dict "issuer" ($node.jwt.issuer | required "node.jwt.issuer must be the issuer of the cluster's service account tokens") -}}
{{- $_ := set $jwt "audience" $node.jwt.audience -}}
{{- $_ := set $jwt "jwksUri" $node.jwt.jwksUri -}}
{{- $_ := set $jwt "ca" "/run/keyfob/cluster/ca.crt" -}}
{{- $_ := set $jwt "token" (dict "file" "/run/keyfob/cluster/token") -}}
{{- $access := $config.access | default dict -}}
{{- $_ := set $access "mode" "jwt" -}}
{{- $_ := set $access "jwt" $jwt -}}
{{- $_ := set $access "callers" $node.callers -}}
{{- $_ := set $config "access" $access -}}
{{- toYaml $config -}}
{{- end -}}
