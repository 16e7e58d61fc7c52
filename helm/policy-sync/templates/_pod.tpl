{{- /* What a pod of one role has. Each takes root, part and role, as policy-sync.deployment does. */ -}}

{{- /* Variables of the service's container that are not in the ConfigMap. */ -}}
{{- define "policy-sync.env" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := index $root.Values $part -}}
{{- $hasSilo := ne $part "gateway" -}}
- name: PolicySync__Role
  value: {{ .role }}
{{- if $hasSilo }}
- name: PolicySync__Cluster__AdvertisedAddress
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- end }}
{{- range $name, $setting := include "policy-sync.fileSecrets" $root | fromYaml }}
{{- $secret := index $root.Values.secrets $name }}
{{- if or $secret.existingSecret $secret.value }}
- name: {{ $setting }}
  value: /etc/policy-sync/secrets/{{ kebabcase $name }}/{{ $secret.key }}
{{- end }}
{{- end }}
{{- if $hasSilo }}
{{- range $i, $endpoint := dig "Webhooks" "Endpoints" list $root.Values.config }}
- name: PolicySync__Webhooks__Endpoints__{{ $i }}__SecretFile
  value: /etc/policy-sync/secrets/webhooks/{{ $endpoint.Name }}
{{- end }}
{{- end }}
{{- if include "policy-sync.hasCaBundle" $root }}
# .NET reads this file besides the system's folder of certificates.
- name: SSL_CERT_FILE
  value: /etc/policy-sync/ca/ca.crt
{{- end }}
{{- if and $hasSilo $root.Values.policyCache.enabled }}
- name: PolicySync__Policies__CacheFolder
  value: /var/cache/policy-sync
{{- end }}
{{- with $root.Values.secrets.storageConnectionString }}
{{- if or .existingSecret .value }}
- name: PolicySync__Storage__ConnectionString
  valueFrom:
    secretKeyRef:
      name: {{ include "policy-sync.secretName" (dict "root" $root "name" "storageConnectionString") }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- with $values.extraEnv }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end -}}

{{- /* Mounts of the service's container. */ -}}
{{- define "policy-sync.mounts" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := index $root.Values $part -}}
{{- $hasSilo := ne $part "gateway" -}}
- name: tmp
  mountPath: /tmp
{{- if $root.Values.tls.secretName }}
- name: tls
  mountPath: /etc/policy-sync/tls
  readOnly: true
{{- end }}
{{- if not (dig "Auth" "Authority" "" $root.Values.config) }}
- name: token-keys
  mountPath: /etc/policy-sync/keys
  readOnly: true
{{- end }}
{{- if or $root.Values.policyFolder.existingClaim $root.Values.policyFolder.existingConfigMap }}
- name: policies
  mountPath: /etc/policy-sync/policies
  readOnly: true
{{- end }}
{{- range $name, $setting := include "policy-sync.fileSecrets" $root | fromYaml }}
{{- $secret := index $root.Values.secrets $name }}
{{- if or $secret.existingSecret $secret.value }}
- name: {{ kebabcase $name }}
  mountPath: /etc/policy-sync/secrets/{{ kebabcase $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- if and $hasSilo $root.Values.webhookSecrets.existingSecret }}
- name: webhook-secrets
  mountPath: /etc/policy-sync/secrets/webhooks
  readOnly: true
{{- end }}
{{- if include "policy-sync.hasCaBundle" $root }}
- name: ca
  mountPath: /etc/policy-sync/ca
  readOnly: true
{{- end }}
{{- if and $hasSilo $root.Values.policyCache.enabled }}
- name: policy-cache
  mountPath: /var/cache/policy-sync
{{- end }}
{{- with $values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Volumes of the pod. */ -}}
{{- define "policy-sync.volumes" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := index $root.Values $part -}}
{{- $hasSilo := ne $part "gateway" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- if $root.Values.tls.secretName }}
- name: tls
  secret:
    secretName: {{ $root.Values.tls.secretName }}
    defaultMode: 0440
{{- end }}
{{- if not (dig "Auth" "Authority" "" $root.Values.config) }}
- name: token-keys
  configMap:
    name: {{ default (printf "%s-token-keys" (include "policy-sync.fullname" $root)) $root.Values.tokenKeys.existingConfigMap }}
    items:
      - key: {{ $root.Values.tokenKeys.key }}
        path: keys.pem
{{- end }}
{{- if $root.Values.policyFolder.existingClaim }}
- name: policies
  persistentVolumeClaim:
    claimName: {{ $root.Values.policyFolder.existingClaim }}
    readOnly: true
{{- else if $root.Values.policyFolder.existingConfigMap }}
- name: policies
  configMap:
    name: {{ $root.Values.policyFolder.existingConfigMap }}
{{- end }}
{{- range $name, $setting := include "policy-sync.fileSecrets" $root | fromYaml }}
{{- $secret := index $root.Values.secrets $name }}
{{- if or $secret.existingSecret $secret.value }}
- name: {{ kebabcase $name }}
  secret:
    secretName: {{ include "policy-sync.secretName" (dict "root" $root "name" $name) }}
    defaultMode: 0440
    items:
      - key: {{ $secret.key }}
        path: {{ $secret.key }}
{{- end }}
{{- end }}
{{- if and $hasSilo $root.Values.webhookSecrets.existingSecret }}
- name: webhook-secrets
  secret:
    secretName: {{ $root.Values.webhookSecrets.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if include "policy-sync.hasCaBundle" $root }}
{{ include "policy-sync.caVolume" $root }}
{{- end }}
{{- if and $hasSilo $root.Values.policyCache.enabled }}
- name: policy-cache
  {{- if $root.Values.policyCache.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ $root.Values.policyCache.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ $root.Values.policyCache.sizeLimit }}
  {{- end }}
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "policy-sync.hasCaBundle" -}}
{{- with .Values.caBundle -}}
{{- if or .existingConfigMap .existingSecret .pem -}}
yes
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "policy-sync.caVolume" -}}
- name: ca
  {{- if .Values.caBundle.existingSecret }}
  secret:
    secretName: {{ .Values.caBundle.existingSecret }}
  {{- else }}
  configMap:
    name: {{ default (printf "%s-ca" (include "policy-sync.fullname" .)) .Values.caBundle.existingConfigMap }}
  {{- end }}
    items:
      - key: {{ .Values.caBundle.key }}
        path: ca.crt
{{- end -}}

{{- /* What all pods of the release have alike, that of `helm test` too. Takes the root. */ -}}
{{- define "policy-sync.podSettings" -}}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- if not (kindIs "invalid" .Values.hostUsers) }}
hostUsers: {{ .Values.hostUsers }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}
