package server

import (
	_ "embed"
	"net/http"
)

// descriptionPath is where the API's description is.
const descriptionPath = "/openapi.json"

// description describes the API (OpenAPI 3.1). A test asks all that stands in it and
// holds the answers against it.
//
//go:embed openapi.json
var description []byte

// serveDescription answers with it.
func (s *Server) serveDescription(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(description)
}
