{{- /* Secrets by name, and the volumes that show a process those it needs and no others. */ -}}

{{- define "vaultpilot.secret.kek" -}}
{{- default (printf "%s-kek" (include "vaultpilot.fullname" .)) .Values.secrets.keyEncryptionKey -}}
{{- end -}}

{{- define "vaultpilot.secret.pepper" -}}
{{- default (printf "%s-pepper" (include "vaultpilot.fullname" .)) .Values.secrets.pepper -}}
{{- end -}}

{{- define "vaultpilot.secret.context" -}}
{{- default (printf "%s-context" (include "vaultpilot.fullname" .)) .Values.secrets.context -}}
{{- end -}}

{{- define "vaultpilot.secret.controlApiTls" -}}
{{- default (printf "%s-control-api-tls" (include "vaultpilot.fullname" .)) .Values.secrets.controlApiTls -}}
{{- end -}}

{{- define "vaultpilot.secret.operatorTls" -}}
{{- default (printf "%s-operator-tls" (include "vaultpilot.fullname" .)) .Values.secrets.operatorTls -}}
{{- end -}}

{{- define "vaultpilot.secret.database" -}}
{{- if eq .Values.database.kind "External" -}}
{{- .Values.database.external.passwordSecret -}}
{{- else -}}
{{- printf "%s-postgres" (include "vaultpilot.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- /* The configuration and the password of the processes' role, and the database's authority. */ -}}
{{- define "vaultpilot.database.volumes" -}}
- name: config
  configMap:
    name: {{ include "vaultpilot.fullname" . }}-control-api
- name: database
  secret:
    secretName: {{ include "vaultpilot.secret.database" . }}
    defaultMode: 0440
    items:
      - key: app-password
        path: password
{{- if include "vaultpilot.databaseCa" . }}
- name: database-ca
  secret:
    secretName: {{ .Values.database.external.caSecret }}
    defaultMode: 0440
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- end -}}

{{- define "vaultpilot.database.mounts" -}}
- name: config
  mountPath: /etc/vaultpilot
  readOnly: true
- name: database
  mountPath: /var/run/vaultpilot/database
  readOnly: true
{{- if include "vaultpilot.databaseCa" . }}
- name: database-ca
  mountPath: /var/run/vaultpilot/database-ca
  readOnly: true
{{- end }}
{{- end -}}

{{- /* What a process logs in to Vault with: its own token, made for Vault alone; and who signs for Vault. */ -}}
{{- define "vaultpilot.vault.volumes" -}}
{{- with .Values.vault }}
{{- if .address }}
- name: vault
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: { path: token, audience: {{ .audience }}, expirationSeconds: 600 }
      {{- with .caSecret }}
      - secret:
          name: {{ . }}
          items: [{ key: ca.crt, path: ca.crt }]
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "vaultpilot.vault.mounts" -}}
{{- if .Values.vault.address }}
- name: vault
  mountPath: /var/run/vaultpilot/vault
  readOnly: true
{{- end }}
{{- end -}}

{{- define "vaultpilot.databaseCa" -}}
{{- if and (eq .Values.database.kind "External") (eq .Values.database.external.tls "Verify") -}}
{{- .Values.database.external.caSecret -}}
{{- end -}}
{{- end -}}

{{- /* The endpoints written `env:NAME`: from the Secret, that key and no other. */ -}}
{{- define "vaultpilot.chainsEnv" -}}
{{- $names := list -}}
{{- range $id, $chain := .Values.chains -}}
{{- range $chain.rpc -}}
{{- if hasPrefix "env:" . -}}
{{- $names = append $names (trimPrefix "env:" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range (uniq $names | sortAlpha) }}
{{- if not $.Values.chainsSecret }}
{{- fail (printf "chains: an endpoint is env:%s, so chainsSecret must name the Secret that has the key %s" . .) }}
{{- end }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.chainsSecret }}
      key: {{ . }}
{{- end }}
{{- end -}}
