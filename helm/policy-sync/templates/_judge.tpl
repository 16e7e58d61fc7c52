{{- /* Rules over several values, which a schema cannot say. All faults are reported together. The service judges its own settings
again at its start. */ -}}
{{- define "policy-sync.judge" -}}
{{- $faults := list -}}
{{- $secrets := .Values.secrets -}}
{{- $isSet := dict -}}
{{- range $name, $secret := $secrets -}}
{{- if and $secret.existingSecret $secret.value -}}
{{- $faults = append $faults (printf "secrets.%s: set existingSecret or value, not both" $name) -}}
{{- end -}}
{{- $_ := set $isSet $name (or $secret.existingSecret $secret.value) -}}
{{- end -}}
{{- if not (dig "Workspace" "Host" "" .Values.config) -}}
{{- $faults = append $faults "config.Workspace.Host is required: the URL of the Databricks workspace" -}}
{{- end -}}
{{- if not (or $isSet.workspaceToken $isSet.workspaceClientSecret (dig "Workspace" "Azure" "Credential" "" .Values.config)) -}}
{{- $faults = append $faults "the credential of the workspace is missing: set secrets.workspaceToken, secrets.workspaceClientSecret with config.Workspace.ClientId, or config.Workspace.Azure.Credential" -}}
{{- end -}}
{{- if and $isSet.workspaceToken $isSet.workspaceClientSecret -}}
{{- $faults = append $faults "secrets: set workspaceToken or workspaceClientSecret, not both" -}}
{{- end -}}
{{- if and $isSet.workspaceAzureClientSecret (or $isSet.workspaceToken $isSet.workspaceClientSecret) -}}
{{- $faults = append $faults "secrets: set workspaceAzureClientSecret or another secret of the workspace, not both" -}}
{{- end -}}
{{- $azure := dig "Workspace" "Azure" "Credential" "" .Values.config -}}
{{- if and $isSet.workspaceAzureClientSecret (ne $azure "ClientSecret") -}}
{{- $faults = append $faults "secrets.workspaceAzureClientSecret needs config.Workspace.Azure.Credential ClientSecret" -}}
{{- end -}}
{{- if and (eq $azure "ClientSecret") (not $isSet.workspaceAzureClientSecret) -}}
{{- $faults = append $faults "config.Workspace.Azure.Credential ClientSecret needs secrets.workspaceAzureClientSecret" -}}
{{- end -}}
{{- if and $isSet.workspaceClientSecret (not (dig "Workspace" "ClientId" "" .Values.config)) -}}
{{- $faults = append $faults "secrets.workspaceClientSecret needs config.Workspace.ClientId" -}}
{{- end -}}
{{- $client := dig "Auth" "ClientId" "" .Values.config -}}
{{- if and $isSet.authClientSecret (not $client) -}}
{{- $faults = append $faults "secrets.authClientSecret needs config.Auth.ClientId" -}}
{{- end -}}
{{- if and $client (not $isSet.authClientSecret) -}}
{{- $faults = append $faults "config.Auth.ClientId needs secrets.authClientSecret" -}}
{{- end -}}
{{- if and $client (not (dig "Auth" "Authority" "" .Values.config)) -}}
{{- $faults = append $faults "config.Auth.ClientId needs config.Auth.Authority" -}}
{{- end -}}
{{- if not (or $isSet.storageConnectionString (dig "Storage" "ServiceUri" "" .Values.config)) -}}
{{- $faults = append $faults "storage is missing: set secrets.storageConnectionString, or config.Storage.ServiceUri with workloadIdentity" -}}
{{- end -}}
{{- if and $isSet.storageConnectionString (dig "Storage" "ServiceUri" "" .Values.config) -}}
{{- $faults = append $faults "storage: set secrets.storageConnectionString or config.Storage.ServiceUri, not both" -}}
{{- end -}}
{{- if and (dig "Webhooks" "Endpoints" list .Values.config) (not .Values.webhookSecrets.existingSecret) -}}
{{- $faults = append $faults "config.Webhooks.Endpoints needs webhookSecrets.existingSecret: a secret whose keys are the names of the endpoints" -}}
{{- end -}}
{{- if and .Values.policyFolder.existingClaim .Values.policyFolder.existingConfigMap -}}
{{- $faults = append $faults "policyFolder: set existingClaim or existingConfigMap, not both" -}}
{{- end -}}
{{- $fromFiles := or .Values.policyFolder.existingClaim .Values.policyFolder.existingConfigMap -}}
{{- if and $fromFiles (dig "Policies" "RangerAdmin" "" .Values.config) -}}
{{- $faults = append $faults "policies come from policyFolder or from config.Policies.RangerAdmin, not from both" -}}
{{- end -}}
{{- if not (or $fromFiles (dig "Policies" "RangerAdmin" "Url" "" .Values.config)) -}}
{{- $faults = append $faults "policies are missing: set policyFolder, or config.Policies.Source RangerAdmin with config.Policies.RangerAdmin" -}}
{{- end -}}
{{- if and (dig "Policies" "RangerAdmin" "Url" "" .Values.config) (not (or $isSet.rangerPassword $isSet.rangerToken)) -}}
{{- $faults = append $faults "the credential of Ranger Admin is missing: set secrets.rangerPassword with config.Policies.RangerAdmin.Username, or secrets.rangerToken" -}}
{{- end -}}
{{- if not (or .Values.tokenKeys.existingConfigMap .Values.tokenKeys.pem (dig "Auth" "Authority" "" .Values.config)) -}}
{{- $faults = append $faults "no caller could use the API: set tokenKeys, or config.Auth.Authority" -}}
{{- end -}}
{{- if and .Values.tokenKeys.existingConfigMap .Values.tokenKeys.pem -}}
{{- $faults = append $faults "tokenKeys: set existingConfigMap or pem, not both" -}}
{{- end -}}
{{- if and .Values.connector.apiServer (not .Values.connector.onDemand) -}}
{{- $faults = append $faults "connector.apiServer needs connector.onDemand: the API makes tasks, and the pipeline does them" -}}
{{- end -}}
{{- $namespace := dig "Events" "EventHub" "Namespace" "" .Values.config -}}
{{- if .Values.connector.eventHub -}}
{{- if not .Values.connector.onDemand -}}
{{- $faults = append $faults "connector.eventHub needs connector.onDemand: events make tasks, and the pipeline does them" -}}
{{- end -}}
{{- if not (or $isSet.eventHubConnectionString $namespace) -}}
{{- $faults = append $faults "connector.eventHub needs secrets.eventHubConnectionString, or config.Events.EventHub.Namespace with workloadIdentity" -}}
{{- end -}}
{{- if and $isSet.eventHubConnectionString $namespace -}}
{{- $faults = append $faults "events: set secrets.eventHubConnectionString or config.Events.EventHub.Namespace, not both" -}}
{{- end -}}
{{- else if $isSet.eventHubConnectionString -}}
{{- $faults = append $faults "secrets.eventHubConnectionString needs connector.eventHub" -}}
{{- end -}}
{{- if and (eq .Values.service.type "LoadBalancer") (not .Values.tls.secretName) (not .Values.service.allowPlaintext) -}}
{{- $faults = append $faults "service.type LoadBalancer needs tls.secretName: tokens must not travel in the clear; service.allowPlaintext allows it" -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}
{{- if ne .Values.service.type "ClusterIP" -}}
{{- $faults = append $faults "ingress.enabled needs service.type ClusterIP" -}}
{{- end -}}
{{- if not .Values.ingress.host -}}
{{- $faults = append $faults "ingress.host is required with ingress.enabled" -}}
{{- end -}}
{{- if not .Values.ingress.tls.secretName -}}
{{- $faults = append $faults "ingress.tls.secretName is required with ingress.enabled: tokens must not travel in the clear" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.workloadIdentity.enabled (not .Values.workloadIdentity.clientId) -}}
{{- $faults = append $faults "workloadIdentity.clientId is required with workloadIdentity.enabled" -}}
{{- end -}}
{{- range $part := list "gateway" "silo" "single" -}}
{{- with (index $.Values $part).autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- $faults = append $faults (printf "%s.autoscaling.minReplicas is above maxReplicas" $part) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- if not .Values.httpRoute.parentRefs -}}
{{- $faults = append $faults "httpRoute.parentRefs is required with httpRoute.enabled: the gateway that the route belongs to" -}}
{{- end -}}
{{- if not .Values.httpRoute.hostnames -}}
{{- $faults = append $faults "httpRoute.hostnames is required with httpRoute.enabled" -}}
{{- end -}}
{{- end -}}
{{- $bundles := list -}}
{{- range $name := list "existingConfigMap" "existingSecret" "pem" -}}
{{- if index $.Values.caBundle $name -}}
{{- $bundles = append $bundles $name -}}
{{- end -}}
{{- end -}}
{{- if gt (len $bundles) 1 -}}
{{- $faults = append $faults (printf "caBundle: set one of %s" (join ", " $bundles)) -}}
{{- end -}}
{{- if .Values.policyCache.enabled -}}
{{- if not (dig "Policies" "AllowStale" false .Values.config) -}}
{{- $faults = append $faults "policyCache.enabled needs config.Policies.AllowStale: without it the cache is not used" -}}
{{- end -}}
{{- if and .Values.policyCache.existingClaim (or (ne .Values.mode "Single") (ne (int .Values.single.replicas) 1) .Values.single.autoscaling.enabled .Values.single.keda.enabled (ne .Values.strategy.type "Recreate")) -}}
{{- $faults = append $faults "policyCache.existingClaim needs mode Single with one replica and strategy.type Recreate: a cache belongs to one process" -}}
{{- end -}}
{{- end -}}
{{- range $part := list "silo" "single" -}}
{{- $keda := (index $.Values $part).keda -}}
{{- if $keda.enabled -}}
{{- if (index $.Values $part).autoscaling.enabled -}}
{{- $faults = append $faults (printf "%s: enable autoscaling or keda, not both" $part) -}}
{{- end -}}
{{- if not $keda.prometheusUrl -}}
{{- $faults = append $faults (printf "%s.keda.prometheusUrl is required with %s.keda.enabled" $part $part) -}}
{{- end -}}
{{- if gt (int $keda.minReplicas) (int $keda.maxReplicas) -}}
{{- $faults = append $faults (printf "%s.keda.minReplicas is above maxReplicas" $part) -}}
{{- end -}}
{{- if not (or $keda.waitingTasks (and $keda.eventLag $.Values.connector.eventHub) $keda.triggers) -}}
{{- $faults = append $faults (printf "%s.keda has no trigger: set waitingTasks, eventLag with connector.eventHub, or triggers" $part) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq (dig "Workspace" "Azure" "Credential" "" .Values.config) "WorkloadIdentity") (not .Values.workloadIdentity.enabled) -}}
{{- $faults = append $faults "config.Workspace.Azure.Credential WorkloadIdentity needs workloadIdentity.enabled" -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "%d %s in the values:\n  %s" (len $faults) (ternary "fault" "faults" (eq (len $faults) 1)) (join "\n  " $faults)) -}}
{{- end -}}
{{- end -}}
