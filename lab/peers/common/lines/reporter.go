// Package lines is how a peer of the lab talks: JSON lines on stdin and stdout, as lab/peers/README.md describes them.
package lines

import (
	"encoding/json"
	"io"
	"sync"
)

// Reporter writes one JSON object a line; its methods may be called from any goroutine.
type Reporter struct {
	mu  sync.Mutex
	enc *json.Encoder
}

// NewReporter reports to w.
func NewReporter(w io.Writer) *Reporter { return &Reporter{enc: json.NewEncoder(w)} }

// Fields of a line, by name.
type Fields map[string]any

// Event reports something that nobody asked for.
func (r *Reporter) Event(name string, more Fields) {
	line := Fields{"event": name}
	for key, value := range more {
		line[key] = value
	}
	r.write(line)
}

// Answer reports the result of the command with this id.
func (r *Reporter) Answer(id int64, result any, err error) {
	if err != nil {
		r.write(Fields{"id": id, "ok": false, "error": err.Error()})
		return
	}
	r.write(Fields{"id": id, "ok": true, "result": result})
}

func (r *Reporter) write(line Fields) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The reader is gone when this fails, and then stdin ends too.
	_ = r.enc.Encode(line)
}
