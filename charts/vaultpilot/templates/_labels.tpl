{{- /* Labels. All take a dict of root and component, and of extra labels where there are any. */ -}}

{{- /* Chosen once and never changed: selectors of Deployments are immutable. */ -}}
{{- define "vaultpilot.selector" -}}
app.kubernetes.io/name: {{ include "vaultpilot.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "vaultpilot.labels" -}}
{{- $chart := printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" -}}
{{- $own := dict "app.kubernetes.io/version" .root.Chart.AppVersion "app.kubernetes.io/part-of" "vaultpilot" "app.kubernetes.io/managed-by" .root.Release.Service "helm.sh/chart" $chart -}}
{{- mergeOverwrite (dict) (default dict .root.Values.commonLabels) (default dict .extra) (include "vaultpilot.selector" . | fromYaml) $own | toYaml -}}
{{- end -}}

{{- /* Of pods: without the chart's version, which must not restart anything by itself. */ -}}
{{- define "vaultpilot.podLabels" -}}
{{- mergeOverwrite (dict) (default dict .root.Values.commonLabels) (default dict .extra) (include "vaultpilot.selector" . | fromYaml) (dict "app.kubernetes.io/part-of" "vaultpilot") | toYaml -}}
{{- end -}}

{{- /* Labels as key=value,key=value, in the order of their keys. */ -}}
{{- define "vaultpilot.labelList" -}}
{{- $pairs := list -}}
{{- range $key, $value := . -}}
{{- $pairs = append $pairs (printf "%s=%s" $key $value) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end -}}
