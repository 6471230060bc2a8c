{{- /* The pod that brings the schema to this version. */ -}}
{{- define "vaultpilot.migrate.pod" -}}
{{- $part := dict "root" . "component" "migrate" -}}
metadata:
  labels:
    {{- include "vaultpilot.podLabels" (merge (dict "extra" .Values.jobs.podLabels) $part) | nindent 4 }}
  annotations:
    # Another database is another Job.
    checksum/config: {{ include "vaultpilot.config" . | sha256sum }}
    {{- with .Values.jobs.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  restartPolicy: OnFailure
  serviceAccountName: {{ include "vaultpilot.fullname" . }}-migrate
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- include "vaultpilot.podSecurityContext" (dict "user" 65532) | nindent 4 }}
  containers:
    - name: migrate
      image: {{ include "vaultpilot.image" (dict "root" . "image" .Values.controlApi.image) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [/control-api, migrate, --wait, 300s]
      {{- with (include "vaultpilot.chainsEnv" .) }}
      env:
        {{- . | trim | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml .Values.jobs.resources | nindent 8 }}
      securityContext:
        {{- include "vaultpilot.containerSecurityContext" . | nindent 8 }}
      volumeMounts:
        {{- include "vaultpilot.database.mounts" . | nindent 8 }}
        - name: database-owner
          mountPath: /var/run/vaultpilot/database-owner
          readOnly: true
  volumes:
    {{- include "vaultpilot.database.volumes" . | nindent 4 }}
    - name: database-owner
      secret:
        secretName: {{ include "vaultpilot.secret.database" . }}
        defaultMode: 0440
        items: [{ key: owner-password, path: password }]
  {{- with (include "vaultpilot.placement" (merge (dict "workload" .Values.jobs) $part)) }}
  {{- . | trim | nindent 2 }}
  {{- end }}
{{- end -}}
