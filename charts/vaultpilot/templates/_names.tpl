{{- /* What objects are called. */ -}}

{{- define "vaultpilot.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* At most 40 characters, so that the name of a component fits behind it into 63. */ -}}
{{- define "vaultpilot.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "vaultpilot.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "vaultpilot.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* The Service of the control API inside the cluster. */ -}}
{{- define "vaultpilot.controlApiHost" -}}
{{- printf "%s-control-api.%s.svc" (include "vaultpilot.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- /* A Job cannot be changed: what it is made of is part of its name. Takes name and of, the text of its pod. */ -}}
{{- define "vaultpilot.jobName" -}}
{{- printf "%s-%s" .name (.of | sha256sum | trunc 10) -}}
{{- end -}}
