{{- /* Rules that several NetworkPolicies have. */ -}}

{{- define "vaultpilot.egress.dns" -}}
- to:
    - namespaceSelector:
        {{- toYaml .Values.networkPolicy.dns.namespaceSelector | nindent 8 }}
      podSelector:
        {{- toYaml .Values.networkPolicy.dns.podSelector | nindent 8 }}
  ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end -}}

{{- define "vaultpilot.egress.apiServer" -}}
- to:
    {{- toYaml .Values.networkPolicy.apiServer.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.apiServer.ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end -}}

{{- define "vaultpilot.egress.chains" -}}
{{- if and .Values.networkPolicy.chains.to .Values.networkPolicy.chains.ports }}
- to:
    {{- toYaml .Values.networkPolicy.chains.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.chains.ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
{{- end -}}

{{- define "vaultpilot.egress.database" -}}
{{- if eq .Values.database.kind "Bundled" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "vaultpilot.selector" (dict "root" . "component" "postgres") | nindent 10 }}
{{- else -}}
- to:
    {{- toYaml .Values.networkPolicy.database.to | nindent 4 }}
{{- end }}
  ports:
    - { protocol: TCP, port: {{ include "vaultpilot.databasePort" . }} }
{{- end -}}

{{- /* Prometheus. Kubelet's probes come from the node, which NetworkPolicies let through. */ -}}
{{- define "vaultpilot.ingress.metrics" -}}
{{- if .Values.monitoring.enabled }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.monitoring.namespace }}
      podSelector:
        matchLabels:
          {{- toYaml .Values.monitoring.podLabels | nindent 10 }}
  ports:
    - { protocol: TCP, port: 9090 }
{{- end }}
{{- end -}}

{{- /* The pods that the operator makes for tenants, wherever their namespaces are. */ -}}
{{- define "vaultpilot.tenantPods" -}}
namespaceSelector:
  matchExpressions:
    - { key: vaultpilot.io/tenant, operator: Exists }
podSelector:
  matchLabels:
    app.kubernetes.io/name: tenant-runtime
{{- end -}}
