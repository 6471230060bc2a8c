{{- /* What a schema cannot say, or not in words that help. */ -}}
{{- define "vaultpilot.refuse" -}}
{{- with .Values.database -}}
{{- if and (eq .kind "External") (or (not .external.host) (not .external.passwordSecret)) -}}
{{- fail "database.kind is External: database.external.host and database.external.passwordSecret must be given" -}}
{{- end -}}
{{- if eq .external.user .external.owner -}}
{{- fail "database.external.user and database.external.owner are one role: the processes must not own the schema" -}}
{{- end -}}
{{- if and (eq .kind "External") (eq .external.tls "Verify") (not .external.caSecret) -}}
{{- fail "database.external.tls is Verify: database.external.caSecret must name the Secret with ca.crt" -}}
{{- end -}}
{{- end -}}
{{- with .Values.controlApi.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail "controlApi.autoscaling: minReplicas is above maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- with .Values.monitoring -}}
{{- if and .serviceMonitor.enabled (not .enabled) -}}
{{- fail "monitoring.serviceMonitor.enabled needs monitoring.enabled, or no NetworkPolicy lets Prometheus in" -}}
{{- end -}}
{{- end -}}
{{- end -}}
