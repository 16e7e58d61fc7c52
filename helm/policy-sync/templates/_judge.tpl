{{- /* Rules over several values, which a schema cannot say. The service judges its own settings again at its start. */ -}}
{{- define "policy-sync.judge" -}}
{{- $secrets := .Values.secrets -}}
{{- $isSet := dict -}}
{{- range $name, $secret := $secrets -}}
{{- if and $secret.existingSecret $secret.value -}}
{{- fail (printf "secrets.%s: set existingSecret or value, not both" $name) -}}
{{- end -}}
{{- $_ := set $isSet $name (or $secret.existingSecret $secret.value) -}}
{{- end -}}
{{- if not (dig "Workspace" "Host" "" .Values.config) -}}
{{- fail "config.Workspace.Host is required: the URL of the Databricks workspace" -}}
{{- end -}}
{{- if and $isSet.workspaceToken $isSet.workspaceClientSecret -}}
{{- fail "secrets: set workspaceToken or workspaceClientSecret, not both" -}}
{{- end -}}
{{- if and $isSet.workspaceAzureClientSecret (or $isSet.workspaceToken $isSet.workspaceClientSecret) -}}
{{- fail "secrets: set workspaceAzureClientSecret or another secret of the workspace, not both" -}}
{{- end -}}
{{- $azure := dig "Workspace" "Azure" "Credential" "" .Values.config -}}
{{- if and $isSet.workspaceAzureClientSecret (ne $azure "ClientSecret") -}}
{{- fail "secrets.workspaceAzureClientSecret needs config.Workspace.Azure.Credential ClientSecret" -}}
{{- end -}}
{{- if and (eq $azure "ClientSecret") (not $isSet.workspaceAzureClientSecret) -}}
{{- fail "config.Workspace.Azure.Credential ClientSecret needs secrets.workspaceAzureClientSecret" -}}
{{- end -}}
{{- if and $isSet.workspaceClientSecret (not (dig "Workspace" "ClientId" "" .Values.config)) -}}
{{- fail "secrets.workspaceClientSecret needs config.Workspace.ClientId" -}}
{{- end -}}
{{- $client := dig "Auth" "ClientId" "" .Values.config -}}
{{- if and $isSet.authClientSecret (not $client) -}}
{{- fail "secrets.authClientSecret needs config.Auth.ClientId" -}}
{{- end -}}
{{- if and $client (not $isSet.authClientSecret) -}}
{{- fail "config.Auth.ClientId needs secrets.authClientSecret" -}}
{{- end -}}
{{- if and $client (not (dig "Auth" "Authority" "" .Values.config)) -}}
{{- fail "config.Auth.ClientId needs config.Auth.Authority" -}}
{{- end -}}
{{- if not (or $isSet.storageConnectionString (dig "Storage" "ServiceUri" "" .Values.config)) -}}
{{- fail "storage is missing: set secrets.storageConnectionString, or config.Storage.ServiceUri with workloadIdentity" -}}
{{- end -}}
{{- if and $isSet.storageConnectionString (dig "Storage" "ServiceUri" "" .Values.config) -}}
{{- fail "storage: set secrets.storageConnectionString or config.Storage.ServiceUri, not both" -}}
{{- end -}}
{{- if and (dig "Webhooks" "Endpoints" list .Values.config) (not .Values.webhookSecrets.existingSecret) -}}
{{- fail "config.Webhooks.Endpoints needs webhookSecrets.existingSecret: a secret whose keys are the names of the endpoints" -}}
{{- end -}}
{{- if and .Values.policyFolder.existingClaim .Values.policyFolder.existingConfigMap -}}
{{- fail "policyFolder: set existingClaim or existingConfigMap, not both" -}}
{{- end -}}
{{- $fromFiles := or .Values.policyFolder.existingClaim .Values.policyFolder.existingConfigMap -}}
{{- if and $fromFiles (dig "Policies" "RangerAdmin" "" .Values.config) -}}
{{- fail "policies come from policyFolder or from config.Policies.RangerAdmin, not from both" -}}
{{- end -}}
{{- if not (or $fromFiles (dig "Policies" "RangerAdmin" "Url" "" .Values.config)) -}}
{{- fail "policies are missing: set policyFolder, or config.Policies.Source RangerAdmin with config.Policies.RangerAdmin" -}}
{{- end -}}
{{- if not (or .Values.tokenKeys.existingConfigMap .Values.tokenKeys.pem (dig "Auth" "Authority" "" .Values.config)) -}}
{{- fail "no caller could use the API: set tokenKeys, or config.Auth.Authority" -}}
{{- end -}}
{{- if and .Values.tokenKeys.existingConfigMap .Values.tokenKeys.pem -}}
{{- fail "tokenKeys: set existingConfigMap or pem, not both" -}}
{{- end -}}
{{- if and .Values.connector.apiServer (not .Values.connector.onDemand) -}}
{{- fail "connector.apiServer needs connector.onDemand: the API makes tasks, and the pipeline does them" -}}
{{- end -}}
{{- $namespace := dig "Events" "EventHub" "Namespace" "" .Values.config -}}
{{- if .Values.connector.eventHub -}}
{{- if not .Values.connector.onDemand -}}
{{- fail "connector.eventHub needs connector.onDemand: events make tasks, and the pipeline does them" -}}
{{- end -}}
{{- if not (or $isSet.eventHubConnectionString $namespace) -}}
{{- fail "connector.eventHub needs secrets.eventHubConnectionString, or config.Events.EventHub.Namespace with workloadIdentity" -}}
{{- end -}}
{{- if and $isSet.eventHubConnectionString $namespace -}}
{{- fail "events: set secrets.eventHubConnectionString or config.Events.EventHub.Namespace, not both" -}}
{{- end -}}
{{- else if $isSet.eventHubConnectionString -}}
{{- fail "secrets.eventHubConnectionString needs connector.eventHub" -}}
{{- end -}}
{{- if and (eq .Values.service.type "LoadBalancer") (not .Values.tls.secretName) (not .Values.service.allowPlaintext) -}}
{{- fail "service.type LoadBalancer needs tls.secretName: tokens must not travel in the clear; service.allowPlaintext allows it" -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}
{{- if ne .Values.service.type "ClusterIP" -}}
{{- fail "ingress.enabled needs service.type ClusterIP" -}}
{{- end -}}
{{- if not .Values.ingress.host -}}
{{- fail "ingress.host is required with ingress.enabled" -}}
{{- end -}}
{{- if not .Values.ingress.tls.secretName -}}
{{- fail "ingress.tls.secretName is required with ingress.enabled: tokens must not travel in the clear" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.workloadIdentity.enabled (not .Values.workloadIdentity.clientId) -}}
{{- fail "workloadIdentity.clientId is required with workloadIdentity.enabled" -}}
{{- end -}}
{{- range $part := list "gateway" "silo" "single" -}}
{{- with (index $.Values $part).autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail (printf "%s.autoscaling.minReplicas is above maxReplicas" $part) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- if not .Values.httpRoute.parentRefs -}}
{{- fail "httpRoute.parentRefs is required with httpRoute.enabled: the gateway that the route belongs to" -}}
{{- end -}}
{{- if not .Values.httpRoute.hostnames -}}
{{- fail "httpRoute.hostnames is required with httpRoute.enabled" -}}
{{- end -}}
{{- end -}}
{{- $bundles := list -}}
{{- range $name := list "existingConfigMap" "existingSecret" "pem" -}}
{{- if index $.Values.caBundle $name -}}
{{- $bundles = append $bundles $name -}}
{{- end -}}
{{- end -}}
{{- if gt (len $bundles) 1 -}}
{{- fail (printf "caBundle: set one of %s" (join ", " $bundles)) -}}
{{- end -}}
{{- if .Values.policyCache.enabled -}}
{{- if not (dig "Policies" "AllowStale" false .Values.config) -}}
{{- fail "policyCache.enabled needs config.Policies.AllowStale: without it the cache is not used" -}}
{{- end -}}
{{- if and .Values.policyCache.existingClaim (or (ne .Values.mode "Single") (ne (int .Values.single.replicas) 1) .Values.single.autoscaling.enabled .Values.single.keda.enabled (ne .Values.strategy.type "Recreate")) -}}
{{- fail "policyCache.existingClaim needs mode Single with one replica and strategy.type Recreate: a cache belongs to one process" -}}
{{- end -}}
{{- end -}}
{{- range $part := list "silo" "single" -}}
{{- $keda := (index $.Values $part).keda -}}
{{- if $keda.enabled -}}
{{- if (index $.Values $part).autoscaling.enabled -}}
{{- fail (printf "%s: enable autoscaling or keda, not both" $part) -}}
{{- end -}}
{{- if not $keda.prometheusUrl -}}
{{- fail (printf "%s.keda.prometheusUrl is required with %s.keda.enabled" $part $part) -}}
{{- end -}}
{{- if gt (int $keda.minReplicas) (int $keda.maxReplicas) -}}
{{- fail (printf "%s.keda.minReplicas is above maxReplicas" $part) -}}
{{- end -}}
{{- if not (or $keda.waitingTasks (and $keda.eventLag $.Values.connector.eventHub) $keda.triggers) -}}
{{- fail (printf "%s.keda has no trigger: set waitingTasks, eventLag with connector.eventHub, or triggers" $part) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq (dig "Workspace" "Azure" "Credential" "" .Values.config) "WorkloadIdentity") (not .Values.workloadIdentity.enabled) -}}
{{- fail "config.Workspace.Azure.Credential WorkloadIdentity needs workloadIdentity.enabled" -}}
{{- end -}}
{{- end -}}
