{{- /* Address that `helm test` calls. */ -}}
{{- define "policy-sync.testUrl" -}}
{{- if .Values.tests.url -}}
{{- .Values.tests.url -}}
{{- else -}}
{{- printf "%s://%s:%s" (include "policy-sync.scheme" .) (include "policy-sync.fullname" .) (include "policy-sync.servicePort" .) -}}
{{- end -}}
{{- end -}}

{{- /* A container of `helm test`, without its name and arguments. */ -}}
{{- define "policy-sync.testContainer" -}}
image: {{ include "policy-sync.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [/app/cli/policysync]
env:
  - name: POLICYSYNC_URL
    value: {{ include "policy-sync.testUrl" . | quote }}
  - name: DOTNET_EnableDiagnostics
    value: "0"
  - name: HOME
    value: /tmp
  {{- if .Values.tests.token.existingSecret }}
  - name: POLICYSYNC_TOKEN_FILE
    value: /etc/policy-sync/token/token
  {{- end }}
  {{- if include "policy-sync.hasCaBundle" . }}
  - name: SSL_CERT_FILE
    value: /etc/policy-sync/ca/ca.crt
  {{- end }}
resources:
  {{- toYaml .Values.tests.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.containerSecurityContext | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .Values.tests.token.existingSecret }}
  - name: token
    mountPath: /etc/policy-sync/token
    readOnly: true
  {{- end }}
  {{- if include "policy-sync.hasCaBundle" . }}
  - name: ca
    mountPath: /etc/policy-sync/ca
    readOnly: true
  {{- end }}
{{- end -}}
