package server

import (
	"net/http"
	"slices"
	"strings"
)

// answered is a response that remembers its status.
type answered struct {
	http.ResponseWriter
	status int // 0 until it is written
}

// WriteHeader notes the final status.
func (a *answered) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write notes the status that it implies.
func (a *answered) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// endpoints are the paths of the API that Meter and the log name.
var endpoints = []string{"/v1/policy", "/v1/starttls", "/v1/nameservers", relayPath, "/config.json", "/healthz", "/readyz", descriptionPath, visitsPath}

// endpoint names what answers a path, with nothing of the visitor's in it.
func endpoint(path string) string {
	switch {
	case slices.Contains(endpoints, path):
		return path
	case strings.HasPrefix(path, badgePath):
		return "badge"
	}
	return "site"
}
