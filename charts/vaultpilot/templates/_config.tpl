{{- /* What the processes of the control API are told: one file for serve, execute and migrate. It has no secret. */ -}}

{{- define "vaultpilot.databaseHost" -}}
{{- if eq .Values.database.kind "Bundled" -}}
{{- printf "%s-postgres" (include "vaultpilot.fullname" .) -}}
{{- else -}}
{{- .Values.database.external.host -}}
{{- end -}}
{{- end -}}

{{- define "vaultpilot.databasePort" -}}
{{- if eq .Values.database.kind "Bundled" -}}5432{{- else -}}{{- .Values.database.external.port -}}{{- end -}}
{{- end -}}

{{- /* The names that bootstrap gives the roles of the bundled Postgres. */ -}}
{{- define "vaultpilot.databaseOwner" -}}
{{- if eq .Values.database.kind "Bundled" -}}vaultpilot{{- else -}}{{- .Values.database.external.owner -}}{{- end -}}
{{- end -}}

{{- define "vaultpilot.databaseUser" -}}
{{- if eq .Values.database.kind "Bundled" -}}vaultpilot_app{{- else -}}{{- .Values.database.external.user -}}{{- end -}}
{{- end -}}

{{- define "vaultpilot.config" -}}
rest:
  listen: 0.0.0.0:8080
  {{- with .Values.controlApi.publicUrl }}
  public_url: {{ . | quote }}
  {{- end }}
  mcp_url: "http://mcp.{namespace}.svc:8080/t/{tenant}/mcp"
grpc:
  listen: 0.0.0.0:9443
  cert_file: /var/run/vaultpilot/tls/tls.crt
  key_file: /var/run/vaultpilot/tls/tls.key
  client_ca_file: /var/run/vaultpilot/tls/client-ca.crt
probes:
  listen: 0.0.0.0:9090
database:
  host: {{ include "vaultpilot.databaseHost" . | quote }}
  port: {{ include "vaultpilot.databasePort" . }}
  name: {{ .Values.database.name | quote }}
  owner: {{ include "vaultpilot.databaseOwner" . | quote }}
  owner_password_file: /var/run/vaultpilot/database-owner/password
  user: {{ include "vaultpilot.databaseUser" . | quote }}
  password_file: /var/run/vaultpilot/database/password
  connections: {{ .Values.database.connections }}
  {{- if and (eq .Values.database.kind "External") (eq .Values.database.external.tls "Verify") }}
  tls: verify
  ca_file: /var/run/vaultpilot/database-ca/ca.crt
  {{- else }}
  tls: plain
  {{- end }}
identity:
  audience: vaultpilot-control-api
  operator: {{ printf "%s/%s-operator" .Release.Namespace (include "vaultpilot.fullname" .) }}
  operator_certificate: vaultpilot-operator
keys:
  kek_file: /var/run/vaultpilot/keys/kek
  {{- with .Values.keys.previous }}
  previous_kek_files:
    {{- range . }}
    - {{ printf "/var/run/vaultpilot/keys/previous/%s" . | quote }}
    {{- end }}
  {{- end }}
  pepper_file: /var/run/vaultpilot/keys/pepper
  context_file: /var/run/vaultpilot/keys/context
  export: {{ .Values.keys.export | lower | quote }}
{{- with .Values.vault }}
{{- if .address }}
vault:
  address: {{ .address | quote }}
  login: kubernetes
  login_mount: {{ .loginMount | quote }}
  token_file: /var/run/vaultpilot/vault/token
  {{- if .caSecret }}
  ca_file: /var/run/vaultpilot/vault/ca.crt
  {{- end }}
  {{- with .namespace }}
  namespace: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}
{{- with .Values.awsKms }}
{{- if .region }}
aws_kms:
  region: {{ .region | quote }}
  {{- with .endpoint }}
  endpoint: {{ . | quote }}
  {{- end }}
  signatures_per_second: {{ .signaturesPerSecond }}
{{- end }}
{{- end }}
{{- with .Values.chains }}
chains:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
