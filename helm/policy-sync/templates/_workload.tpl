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
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "policy-sync.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $part }}
  {{- with $root.Values.deploymentAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if not (or $values.autoscaling.enabled (dig "keda" "enabled" false $values)) }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: {{ $root.Values.revisionHistoryLimit }}
  strategy:
    {{- if eq $root.Values.strategy.type "Recreate" }}
    type: Recreate
    {{- else }}
    {{- toYaml $root.Values.strategy | nindent 4 }}
    {{- end }}
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
        {{- with $root.Values.caBundle.pem }}
        checksum/ca: {{ sha256sum . }}
        {{- end }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "policy-sync.serviceAccountName" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- include "policy-sync.podSettings" $root | nindent 6 }}
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
      {{- with $values.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: policy-sync
          image: {{ include "policy-sync.image" $root | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          envFrom:
            - configMapRef:
                name: {{ include "policy-sync.fullname" $root }}
          env:
            {{- include "policy-sync.env" . | nindent 12 }}
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
          {{- range $probe, $path := dict "startup" "live" "liveness" "live" "readiness" "ready" }}
          {{- $given := index $root.Values.probes $probe }}
          {{- if not (or $given.httpGet $given.exec $given.tcpSocket $given.grpc) }}
          {{- $given = merge (dict "httpGet" (dict "path" (printf "/health/%s" $path) "port" "http")) $given }}
          {{- end }}
          {{ $probe }}Probe:
            {{- toYaml $given | nindent 12 }}
          {{- end }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- toYaml $root.Values.containerSecurityContext | nindent 12 }}
          volumeMounts:
            {{- include "policy-sync.mounts" . | nindent 12 }}
        {{- with $values.extraContainers }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      volumes:
        {{- include "policy-sync.volumes" . | nindent 8 }}
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
