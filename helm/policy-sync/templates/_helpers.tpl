{{- define "policy-sync.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* What a label value may hold: instance names may begin or end otherwise. */ -}}
{{- define "policy-sync.instanceLabel" -}}
{{- .Values.instance | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "policy-sync.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "policy-sync.labels" -}}
{{ include "policy-sync.selectorLabels" . }}
app.kubernetes.io/part-of: policy-sync
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
policy-sync/instance: {{ include "policy-sync.instanceLabel" . | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "policy-sync.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "policy-sync.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is required when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "policy-sync.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- /* The role whose pods serve the API. */ -}}
{{- define "policy-sync.front" -}}
{{- if eq .Values.mode "Single" -}}single{{- else -}}gateway{{- end -}}
{{- end -}}

{{- /* The role whose pods hold grains. */ -}}
{{- define "policy-sync.back" -}}
{{- if eq .Values.mode "Single" -}}single{{- else -}}silo{{- end -}}
{{- end -}}

{{- /* Settings as environment variables: a map of names, nested as in `config`, to lines `NAME: "value"`. */ -}}
{{- define "policy-sync.settings" -}}
{{- $prefix := .prefix -}}
{{- if kindIs "map" .value -}}
{{- range $name, $value := .value -}}
{{- include "policy-sync.settings" (dict "prefix" (printf "%s__%s" $prefix $name) "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $i, $value := .value -}}
{{- include "policy-sync.settings" (dict "prefix" (printf "%s__%d" $prefix $i) "value" $value) -}}
{{- end -}}
{{- else if not (kindIs "invalid" .value) -}}
{{ $prefix }}: {{ toString .value | quote }}
{{ end -}}
{{- end -}}

{{- /* Secrets that are mounted as files: which setting names the file. */ -}}
{{- define "policy-sync.fileSecrets" -}}
workspaceToken: PolicySync__Workspace__TokenFile
workspaceClientSecret: PolicySync__Workspace__ClientSecretFile
workspaceAzureClientSecret: PolicySync__Workspace__Azure__ClientSecretFile
rangerPassword: PolicySync__Policies__RangerAdmin__PasswordFile
rangerToken: PolicySync__Policies__RangerAdmin__TokenFile
authClientSecret: PolicySync__Auth__ClientSecretFile
eventHubConnectionString: PolicySync__Events__EventHub__ConnectionStringFile
{{- end -}}

{{- define "policy-sync.secretName" -}}
{{- $secret := index .root.Values.secrets .name -}}
{{- default (printf "%s-%s" (include "policy-sync.fullname" .root) (kebabcase .name)) $secret.existingSecret -}}
{{- end -}}

{{- /* How the API is served: the name of its port. */ -}}
{{- define "policy-sync.scheme" -}}
{{- if .Values.tls.secretName -}}https{{- else -}}http{{- end -}}
{{- end -}}

{{- define "policy-sync.servicePort" -}}
{{- if .Values.service.port -}}{{ .Values.service.port }}{{- else if .Values.tls.secretName -}}443{{- else -}}80{{- end -}}
{{- end -}}
