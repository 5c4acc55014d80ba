{{- /* Who the sidecar is at the stores. Only it gets these tokens, not the application's containers. */ -}}
{{- define "keyfob-sidecar.identityEnv" -}}
{{- $id := (index .Values "keyfob-sidecar").identity -}}
{{- if and $id.aws.roleArn $id.aws.podIdentity -}}
{{- fail "keyfob-sidecar.identity.aws has both 'roleArn' (IRSA) and 'podIdentity': keep one" -}}
{{- end -}}
{{- if $id.aws.roleArn }}
- name: AWS_ROLE_ARN
  value: {{ $id.aws.roleArn | toYaml }}
- name: AWS_WEB_IDENTITY_TOKEN_FILE
  value: /run/keyfob/identity/aws
{{- end }}
{{- if $id.aws.podIdentity }}
- name: AWS_CONTAINER_CREDENTIALS_FULL_URI
  value: http://169.254.170.23/v1/credentials
- name: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  value: /run/keyfob/identity/eks-pod-identity
{{- end }}
{{- if $id.azure.clientId }}
- name: AZURE_CLIENT_ID
  value: {{ $id.azure.clientId | toYaml }}
- name: AZURE_TENANT_ID
  value: {{ $id.azure.tenantId | required "keyfob-sidecar.identity.azure.tenantId is missing" | toYaml }}
- name: AZURE_AUTHORITY_HOST
  value: {{ $id.azure.authorityHost | toYaml }}
- name: AZURE_FEDERATED_TOKEN_FILE
  value: /run/keyfob/identity/azure
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.identityTokens" -}}
{{- $id := (index .Values "keyfob-sidecar").identity -}}
{{- with $id.kubernetes.audience }}
- serviceAccountToken:
    audience: {{ toYaml . }}
    expirationSeconds: {{ $id.kubernetes.expirationSeconds }}
    path: kubernetes
{{- end }}
{{- if $id.aws.roleArn }}
- serviceAccountToken:
    audience: sts.amazonaws.com
    expirationSeconds: 86400
    path: aws
{{- end }}
{{- if $id.aws.podIdentity }}
- serviceAccountToken:
    audience: pods.eks.amazonaws.com
    expirationSeconds: 86400
    path: eks-pod-identity
{{- end }}
{{- if $id.azure.clientId }}
- serviceAccountToken:
    audience: api://AzureADTokenExchange
    expirationSeconds: 3600
    path: azure
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.storeMounts" -}}
{{- if include "keyfob-sidecar.identityTokens" . }}
- name: keyfob-identity
  mountPath: /run/keyfob/identity
  readOnly: true
{{- end }}
{{- if (index .Values "keyfob-sidecar").persistence.enabled }}
- name: keyfob-cache
  mountPath: /var/lib/keyfob
- name: keyfob-cache-key
  mountPath: /run/keyfob/cache-key
  readOnly: true
{{- end }}
{{- end -}}

{{- define "keyfob-sidecar.storeVolumes" -}}
{{- with include "keyfob-sidecar.identityTokens" . }}
- name: keyfob-identity
  projected:
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- with (index .Values "keyfob-sidecar").persistence }}
{{- if .enabled }}
- name: keyfob-cache
  {{- .volume | default (dict "emptyDir" (dict "sizeLimit" "128Mi")) | toYaml | nindent 2 }}
- name: keyfob-cache-key
  secret:
    secretName: {{ .keySecret | required "keyfob-sidecar.persistence.keySecret must name the secret with the key of the cache" | toYaml }}
    items:
      - key: {{ .keySecretKey | toYaml }}
        path: key
{{- end }}
{{- end }}
{{- end -}}
