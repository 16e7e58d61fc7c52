{{- /* A deployment of one role. Takes root, part (`gateway`, `silo`, `single`) and role (the service's own word). */ -}}
{{- define "policy-sync.deployment" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := index $root.Values $part -}}
{{- $hasSilo := ne $part "gateway" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $part }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "policy-sync.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $part }}
  template:
    metadata:
      labels:
        {{- include "policy-sync.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $part }}
        {{- if $root.Values.workloadIdentity.enabled }}
        azure.workload.identity/use: "true"
        {{- end }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- /* Settings are read at the start: pods are replaced when they change. */}}
        checksum/settings: {{ include (print $root.Template.BasePath "/configmap.yaml") $root | sha256sum }}
        checksum/secrets: {{ include (print $root.Template.BasePath "/secret.yaml") $root | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "policy-sync.serviceAccountName" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 1654
        runAsGroup: 1654
        fsGroup: 1654
        seccompProfile:
          type: RuntimeDefault
      {{- if $values.topologySpread.enabled }}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "policy-sync.selectorLabels" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $part }}
        {{- end }}
      {{- end }}
      containers:
        - name: policy-sync
          image: {{ include "policy-sync.image" $root | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          envFrom:
            - configMapRef:
                name: {{ include "policy-sync.fullname" $root }}
          env:
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
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            - name: http
              containerPort: 8080
            {{- if and $root.Values.tls.secretName (ne $part "silo") }}
            - name: https
              containerPort: 8443
            {{- end }}
            {{- if $hasSilo }}
            - name: silo
              containerPort: 11111
            - name: clients
              containerPort: 30000
            {{- end }}
          startupProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /health/live
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet:
              path: /health/ready
              port: http
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
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
      volumes:
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
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}

{{- /* Autoscaler and disruption budget of one role. */ -}}
{{- define "policy-sync.scaling" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := index $root.Values $part -}}
{{- if $values.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $part }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  minReplicas: {{ $values.autoscaling.minReplicas }}
  maxReplicas: {{ $values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $values.autoscaling.targetCPUUtilizationPercentage }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
      policies:
        - type: Pods
          value: 1
          periodSeconds: 120
{{- end }}
{{- if $values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $part }}
spec:
  maxUnavailable: {{ $values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "policy-sync.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $part }}
{{- end }}
{{- end -}}
