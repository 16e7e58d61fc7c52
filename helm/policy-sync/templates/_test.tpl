{{- /* Address that `helm test` calls. */ -}}
{{- define "policy-sync.testUrl" -}}
{{- if .Values.tests.url -}}
{{- .Values.tests.url -}}
{{- else -}}
{{- printf "%s://%s:%s" (include "policy-sync.scheme" .) (include "policy-sync.fullname" .) (include "policy-sync.servicePort" .) -}}
{{- end -}}
{{- end -}}

{{- /*
A pod of `helm test` with one container, as `--logs` shows no other. Takes root, name, weight, which orders the pods, and
args.
*/ -}}
{{- define "policy-sync.testPod" -}}
{{- $root := .root -}}
{{- $token := $root.Values.tests.token.existingSecret -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ .name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  serviceAccountName: {{ include "policy-sync.serviceAccountName" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- include "policy-sync.podSettings" $root | nindent 2 }}
  containers:
    - name: {{ .name }}
      image: {{ include "policy-sync.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [/app/cli/policysync]
      args:
        {{- toYaml .args | nindent 8 }}
      env:
        - name: POLICYSYNC_URL
          value: {{ include "policy-sync.testUrl" $root | quote }}
        - name: DOTNET_EnableDiagnostics
          value: "0"
        - name: HOME
          value: /tmp
        {{- if $token }}
        - name: POLICYSYNC_TOKEN_FILE
          value: /etc/policy-sync/token/token
        {{- end }}
        {{- if include "policy-sync.hasCaBundle" $root }}
        - name: SSL_CERT_FILE
          value: /etc/policy-sync/ca/ca.crt
        {{- end }}
      resources:
        {{- toYaml $root.Values.tests.resources | nindent 8 }}
      securityContext:
        {{- toYaml $root.Values.containerSecurityContext | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if $token }}
        - name: token
          mountPath: /etc/policy-sync/token
          readOnly: true
        {{- end }}
        {{- if include "policy-sync.hasCaBundle" $root }}
        - name: ca
          mountPath: /etc/policy-sync/ca
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 16Mi
    {{- if $token }}
    - name: token
      secret:
        secretName: {{ $token }}
        defaultMode: 0440
        items:
          - key: {{ $root.Values.tests.token.key }}
            path: token
    {{- end }}
    {{- if include "policy-sync.hasCaBundle" $root }}
    {{- include "policy-sync.caVolume" $root | nindent 4 }}
    {{- end }}
{{- end -}}
