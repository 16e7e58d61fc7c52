{{- /* Autoscaler, by CPU or by KEDA, and disruption budget of one role. */ -}}
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
  namespace: {{ $root.Release.Namespace }}
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
    {{- include "policy-sync.scaleDown" . | nindent 4 }}
{{- end }}
{{- with $values.keda }}
{{- if .enabled }}
{{- $own := printf "namespace=%q,service_namespace=%q" $root.Release.Namespace $root.Values.instance }}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $part }}
spec:
  scaleTargetRef:
    name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  pollingInterval: {{ .pollingInterval }}
  minReplicaCount: {{ .minReplicas }}
  maxReplicaCount: {{ .maxReplicas }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        {{- include "policy-sync.scaleDown" . | nindent 8 }}
  triggers:
    {{- if .waitingTasks }}
    {{- include "policy-sync.prometheusTrigger" (dict "keda" . "query" (printf "sum(policysync_tasks_waiting{%s})" $own) "threshold" .waitingTasks) | nindent 4 }}
    {{- end }}
    {{- if and .eventLag $root.Values.connector.eventHub }}
    {{- include "policy-sync.prometheusTrigger" (dict "keda" . "query" (printf "sum(policysync_events_lag{%s})" $own) "threshold" .eventLag) | nindent 4 }}
    {{- end }}
    {{- with .triggers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
{{- end }}
{{- if $values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "policy-sync.fullname" $root }}-{{ $part }}
  namespace: {{ $root.Release.Namespace }}
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

{{- /* Slowly down: a pod that leaves hands its tasks to others, which reads again what it was at. */ -}}
{{- define "policy-sync.scaleDown" -}}
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - type: Pods
      value: 1
      periodSeconds: 120
{{- end -}}

{{- define "policy-sync.prometheusTrigger" -}}
- type: prometheus
  metricType: AverageValue
  metadata:
    serverAddress: {{ .keda.prometheusUrl | quote }}
    query: {{ .query | quote }}
    threshold: {{ .threshold | toString | quote }}
  {{- with .keda.authenticationRef }}
  authenticationRef:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
