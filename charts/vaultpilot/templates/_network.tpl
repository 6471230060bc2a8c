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

{{- /*
Servers by their URLs. One that is written as an address is opened as it is, wherever it is; the ports of
those written as names are added to the ports of the peers.
*/ -}}
{{- define "vaultpilot.egress.urls" -}}
{{- $addresses := list -}}
{{- $ports := .ports -}}
{{- range .urls -}}
{{- $url := urlParse . -}}
{{- $port := ternary 443 80 (eq $url.scheme "https") -}}
{{- $host := $url.host -}}
{{- if regexMatch ":[0-9]+$" $host -}}
{{- $port = regexFind "[0-9]+$" $host | int -}}
{{- $host = regexReplaceAll ":[0-9]+$" $host "" -}}
{{- end -}}
{{- if regexMatch "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$" $host -}}
{{- $addresses = append $addresses (printf "%s/32 %d" $host $port) -}}
{{- else if not (regexMatch "^\\[" $host) -}}
{{- $ports = append $ports $port -}}
{{- end -}}
{{- end -}}
{{- range (uniq $addresses | sortAlpha) }}
{{- $address := splitList " " . }}
- to:
    - ipBlock: { cidr: {{ index $address 0 }} }
  ports:
    - { protocol: TCP, port: {{ index $address 1 }} }
{{- end }}
{{- if and .to $ports }}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- range (uniq $ports) }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
{{- end -}}

{{- define "vaultpilot.egress.chains" -}}
{{- $urls := list -}}
{{- range $id, $chain := .Values.chains -}}
{{- range $chain.rpc -}}
{{- if not (hasPrefix "env:" .) -}}
{{- $urls = append $urls . -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.networkPolicy.chains -}}
{{- include "vaultpilot.egress.urls" (dict "urls" $urls "to" .to "ports" .ports) -}}
{{- end -}}
{{- end -}}

{{- /* Vault and AWS KMS, where they are used. */ -}}
{{- define "vaultpilot.egress.keyProviders" -}}
{{- $kms := "" -}}
{{- if .Values.awsKms.region -}}
{{- $kms = default "https://kms" .Values.awsKms.endpoint -}}
{{- end -}}
{{- $urls := compact (list .Values.vault.address $kms) -}}
{{- include "vaultpilot.egress.urls" (dict "urls" $urls "to" .Values.networkPolicy.keyProviders.to "ports" list) -}}
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
