{{- define "functions.name" -}}
name-{{ .Release.Name }}
{{- end -}}
{{- define "functions.twice" }}first{{ end }}
