{{- /*
TCP ports of all URLs in a value, each followed by a space: strings that are URLs or contain them, as connection strings
do, at any depth. Settings added later are covered without a change here. Left out are what the service shows or compares
and never calls (`DashboardUrl`, `Issuer`), and addresses of the pod itself.
*/ -}}
{{- define "policy-sync.portsOf" -}}
{{- if kindIs "map" . -}}
{{- range $name, $value := . -}}
{{- if not (has $name (list "DashboardUrl" "Issuer")) -}}
{{- include "policy-sync.portsOf" $value -}}
{{- end -}}
{{- end -}}
{{- else if kindIs "slice" . -}}
{{- range . -}}
{{- include "policy-sync.portsOf" . -}}
{{- end -}}
{{- else if kindIs "string" . -}}
{{- range regexFindAll "[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#;,|\"'\\s\\\\]+" . -1 -}}
{{- if not (regexMatch "(?i)://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?$" .) -}}
{{- $named := regexFind ":[0-9]+$" . | trimPrefix ":" -}}
{{- $usual := get (dict "https" "443" "http" "80" "amqp" "5672") (regexFind "^[a-zA-Z0-9]+" . | lower) -}}
{{- with default $usual $named -}}
{{- . }}{{ " " -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* TCP ports that pods must reach outside the release, in order, with spaces between them. */ -}}
{{- define "policy-sync.egressPorts" -}}
{{- $found := list -}}
{{- range .Values.networkPolicy.egressPorts -}}
{{- $found = append $found (toString .) -}}
{{- end -}}
{{- $read := list .Values.config -}}
{{- range $part := ternary (list "single") (list "gateway" "silo") (eq .Values.mode "Single") -}}
{{- $read = append $read (index $.Values $part).extraEnv -}}
{{- end -}}
{{- range list "storageConnectionString" "eventHubConnectionString" -}}
{{- $read = append $read (index $.Values.secrets .).value -}}
{{- end -}}
{{- $found = concat $found (include "policy-sync.portsOf" $read | trim | splitList " ") -}}
{{- if include "policy-sync.amqp" . -}}
{{- $found = append $found "5671" -}}
{{- end -}}
{{- $numbers := list -}}
{{- range $found | compact | uniq -}}
{{- $numbers = append $numbers (printf "%05d" (int .)) -}}
{{- end -}}
{{- range sortAlpha $numbers -}}
{{- . | trimPrefix "0" | trimPrefix "0" | trimPrefix "0" | trimPrefix "0" }}{{ " " -}}
{{- end -}}
{{- end -}}

{{- /* Not empty where an event hub is read or written by AMQP: port 5671. By web sockets it takes 443. */ -}}
{{- define "policy-sync.amqp" -}}
{{- if and .Values.connector.eventHub (not (dig "Events" "EventHub" "WebSockets" false .Values.config)) -}}
events
{{- end -}}
{{- range dig "Audit" "Sinks" list .Values.config -}}
{{- if and (eq (toString .Kind) "EventHub") (not .WebSockets) -}}
audit
{{- end -}}
{{- end -}}
{{- end -}}

{{- /*
Not empty where tokens come from Azure's instance metadata: a managed identity, or the default credential of storage and
event hubs without a workload identity.
*/ -}}
{{- define "policy-sync.managedIdentity" -}}
{{- $config := .Values.config -}}
{{- if eq (dig "Workspace" "Azure" "Credential" "" $config) "ManagedIdentity" -}}
workspace
{{- end -}}
{{- if not .Values.workloadIdentity.enabled -}}
{{- if or (dig "Storage" "ServiceUri" "" $config) (dig "Events" "Checkpoints" "ServiceUri" "" $config) (dig "Events" "EventHub" "Namespace" "" $config) -}}
storage
{{- end -}}
{{- range dig "Audit" "Sinks" list $config -}}
{{- if .Namespace -}}
audit
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
