{{- define "functions.twice" }}second{{ end }}
