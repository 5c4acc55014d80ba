{{- define "keyfob.name" -}}
{{- printf "%s-keyfob" (.Release.Name | trunc 50 | trimSuffix "-") -}}
{{- end -}}

{{- /* Name of what has no namespace. */ -}}
{{- define "keyfob.clusterName" -}}
{{- printf "%s.%s" (include "keyfob.name" .) .Release.Namespace -}}
{{- end -}}

{{- define "keyfob.labels" -}}
app.kubernetes.io/name: keyfob
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
