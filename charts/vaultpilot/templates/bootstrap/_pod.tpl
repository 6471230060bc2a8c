{{- /* The pod that makes what is missing: of a Job for the first time, of a CronJob to renew certificates. */ -}}
{{- define "vaultpilot.bootstrap.pod" -}}
{{- $full := include "vaultpilot.fullname" . -}}
{{- $part := dict "root" . "component" "bootstrap" -}}
metadata:
  labels:
    {{- include "vaultpilot.podLabels" (merge (dict "extra" .Values.jobs.podLabels) $part) | nindent 4 }}
  {{- with .Values.jobs.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: OnFailure
  serviceAccountName: {{ $full }}-bootstrap
  automountServiceAccountToken: true
  enableServiceLinks: false
  securityContext:
    {{- include "vaultpilot.podSecurityContext" (dict "user" 65532) | nindent 4 }}
  containers:
    - name: bootstrap
      image: {{ include "vaultpilot.image" (dict "root" . "image" .Values.operator.image) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [/operator, bootstrap]
      args:
        - --namespace={{ .Release.Namespace }}
        - --prefix={{ $full }}
        - --control-api-service={{ $full }}-control-api
        - --cluster-domain={{ .Values.clusterDomain }}
        {{- if ne .Values.database.kind "Bundled" }}
        - --skip=postgres
        {{- end }}
        {{- if .Values.secrets.keyEncryptionKey }}
        - --skip=kek
        {{- end }}
        {{- if and .Values.secrets.controlApiTls .Values.secrets.operatorTls }}
        - --skip=tls
        {{- end }}
      resources:
        {{- toYaml .Values.jobs.resources | nindent 8 }}
      securityContext:
        {{- include "vaultpilot.containerSecurityContext" . | nindent 8 }}
  {{- with (include "vaultpilot.placement" (merge (dict "workload" .Values.jobs) $part)) }}
  {{- . | trim | nindent 2 }}
  {{- end }}
{{- end -}}
