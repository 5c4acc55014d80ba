{{- /* Items of `initContainers`: the native sidecar. Keep it before all others, which then start when it can answer. */ -}}
{{- define "keyfob-sidecar.initContainers" -}}
{{- if (index .Values "keyfob-sidecar").native }}
-
  {{- include "keyfob-sidecar.container" . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Items of `containers`: the sidecar of clusters before 1.29, else nothing. */ -}}
{{- define "keyfob-sidecar.containers" -}}
{{- if not (index .Values "keyfob-sidecar").native }}
-
  {{- include "keyfob-sidecar.container" . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.container" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
name: {{ $s.containerName | toYaml }}
image: {{ include "keyfob-sidecar.image" . }}
imagePullPolicy: {{ $s.image.pullPolicy }}
{{- if $s.native }}
restartPolicy: Always
{{- end }}
args: [serve, --config, /etc/keyfob/keyfob.yaml]
env:
  {{- include "keyfob-sidecar.containerEnv" . | nindent 2 }}
ports:
  - name: keyfob-ops
    containerPort: {{ $s.ops.port }}
    protocol: TCP
{{ include "keyfob-sidecar.probes" $s }}
{{- with $s.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{ include "keyfob-sidecar.securityContext" $s }}
volumeMounts:
  - name: keyfob-config
    mountPath: /etc/keyfob
    readOnly: true
  {{- include "keyfob-sidecar.callerMounts" . | nindent 2 }}
  {{- include "keyfob-sidecar.storeMounts" . | nindent 2 }}
  {{- with $s.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- /* `keyfob health` within the container asks the ops listener, which is there in every mode. */ -}}
{{- define "keyfob-sidecar.containerEnv" -}}
{{- $s := index .Values "keyfob-sidecar" -}}
{{- $own := list (dict "name" "KEYFOB_ADDR" "value" (printf "http://127.0.0.1:%v" $s.ops.port)) -}}
{{- concat $own (include "keyfob-sidecar.identityEnv" . | fromYamlArray) $s.env | toYaml -}}
{{- end -}}

{{- /* The ops listener answers the kubelet, which cannot reach loopback. Liveness asks for the event loop alone. */ -}}
{{- define "keyfob-sidecar.probes" -}}
startupProbe:
  httpGet:
    path: /startupz
    port: {{ .ops.port }}
  periodSeconds: {{ .startup.periodSeconds }}
  failureThreshold: {{ .startup.failureThreshold }}
livenessProbe:
  httpGet:
    path: /livez
    port: {{ .ops.port }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet:
    path: /readyz
    port: {{ .ops.port }}
  periodSeconds: 5
  timeoutSeconds: 2
{{- end -}}

{{- define "keyfob-sidecar.securityContext" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end -}}
