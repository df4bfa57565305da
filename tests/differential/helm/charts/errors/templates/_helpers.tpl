{{- define "outer" -}}
{{ include "inner" . }}
{{- end -}}
{{- define "inner" -}}
{{ .Values.nothing.deeper }}
{{- end -}}
{{- define "loop" -}}
{{ include "loop" . }}
{{- end -}}
{{- define "fails" -}}
{{ fail "told to: fail" }}
{{- end -}}
