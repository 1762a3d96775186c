package main

import (
	"encoding/json"
	"io"
	"sync"
)

// reporter writes one JSON object a line; its methods may be called from any goroutine.
type reporter struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func newReporter(w io.Writer) *reporter { return &reporter{enc: json.NewEncoder(w)} }

type fields map[string]any

// event reports something that nobody asked for.
func (r *reporter) event(name string, more fields) {
	line := fields{"event": name}
	for key, value := range more {
		line[key] = value
	}
	r.write(line)
}

// answer reports the result of the command with this id.
func (r *reporter) answer(id int64, result any, err error) {
	if err != nil {
		r.write(fields{"id": id, "ok": false, "error": err.Error()})
		return
	}
	r.write(fields{"id": id, "ok": true, "result": result})
}

func (r *reporter) write(line fields) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The reader is gone when this fails, and then stdin ends too.
	_ = r.enc.Encode(line)
}
