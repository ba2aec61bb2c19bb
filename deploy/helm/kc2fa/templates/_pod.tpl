{{- define "kc2fa.name" -}}
{{ .Values.nameOverride | default .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "kc2fa.labels" -}}
app.kubernetes.io/name: kc2fa
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "kc2fa.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* No rights but the process itself. */}}
{{- define "kc2fa.no-rights" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* The container of kc2fa: a dict of `root`, `args` and, for metrics, `mounts`. */}}
{{- define "kc2fa.container" -}}
name: kc2fa
image: {{ include "kc2fa.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: {{ concat .args (list "--client-secret-file" (printf "/run/secrets/kc2fa/%s" .root.Values.secret.key)) | toJson }}
envFrom:
  - configMapRef: { name: {{ include "kc2fa.name" .root }} }
securityContext:
  {{- include "kc2fa.no-rights" . | nindent 2 }}
resources:
  {{- toYaml .root.Values.resources | nindent 2 }}
volumeMounts:
  - { name: secret, mountPath: /run/secrets/kc2fa, readOnly: true }
  {{- if .root.Values.ca.configMap }}
  - { name: ca, mountPath: /run/ca, readOnly: true }
  {{- end }}
  {{- if .metrics }}
  - { name: metrics, mountPath: /metrics }
  {{- end }}
{{- end }}

{{/* What every pod has, besides its containers. */}}
{{- define "kc2fa.pod" -}}
restartPolicy: Never
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: secret
    secret: { secretName: {{ .Values.secret.name }}, defaultMode: 0440 }
  {{- if .Values.ca.configMap }}
  - name: ca
    configMap: { name: {{ .Values.ca.configMap }} }
  {{- end }}
{{- end }}

{{- define "kc2fa.pod-metadata" -}}
metadata:
  labels:
    {{- include "kc2fa.labels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* After install and upgrade, in this order; the last one's pods stay for their logs. To Argo CD it is a PostSync hook. */}}
{{- define "kc2fa.hook" -}}
annotations:
  helm.sh/hook: post-install,post-upgrade
  helm.sh/hook-weight: {{ . | quote }}
  helm.sh/hook-delete-policy: before-hook-creation
{{- end }}
