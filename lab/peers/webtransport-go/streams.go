package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/quic-go/webtransport-go"

	"sluice.invalid/lab/common/lines"
)

// load says how much to do; which fields count depends on the command.
type load struct {
	Count int `json:"count"`
	// Width is how many are under way at once; 0: all.
	Width  int    `json:"width"`
	Size   int    `json:"size"`
	Code   uint32 `json:"code"`
	Reason string `json:"reason"`
}

// run does something Count times and counts what failed.
func (l load) run(once func() error) (any, error) {
	var (
		mu       sync.Mutex
		wait     sync.WaitGroup
		done     int
		failures = map[string]int{}
		width    = l.Width
	)
	if width == 0 {
		width = l.Count
	}
	slots := make(chan struct{}, max(width, 1))
	start := time.Now()
	for range l.Count {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			err := once()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures[err.Error()]++
				return
			}
			done++
		})
	}
	wait.Wait()
	return lines.Fields{"asked": l.Count, "echoed": done, "failures": failures, "milliseconds": milliseconds(start)}, nil
}

func echoOnce(ctx context.Context, s *webtransport.Session, size int) error {
	message := pattern(size)
	got, err := exchange(ctx, s, message)
	if err == nil && !bytes.Equal(got, message) {
		err = fmt.Errorf("%d bytes of %d came back, or others", len(got), size)
	}
	return err
}

func echo(ctx context.Context, s *webtransport.Session, size int) (any, error) {
	message := pattern(size)
	start := time.Now()
	got, err := exchange(ctx, s, message)
	if err != nil {
		return nil, err
	}
	sent, received := sha256.Sum256(message), sha256.Sum256(got)
	return lines.Fields{
		"bytes":        len(got),
		"sent":         hex.EncodeToString(sent[:]),
		"received":     hex.EncodeToString(received[:]),
		"milliseconds": milliseconds(start),
	}, nil
}

// exchange writes while it reads, as a message may be larger than every window.
func exchange(ctx context.Context, s *webtransport.Session, message []byte) ([]byte, error) {
	stream, err := s.OpenStreamSync(ctx)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = stream.SetDeadline(deadline)
	}
	written := make(chan error, 1)
	go func() {
		_, err := stream.Write(message)
		if err == nil {
			err = stream.Close()
		}
		written <- err
	}()
	got, err := io.ReadAll(stream)
	if failed := <-written; err == nil {
		err = failed
	}
	if err != nil {
		stream.CancelRead(0)
		stream.CancelWrite(0)
	}
	return got, err
}

// abandon writes and then gives both halves of the stream up.
func abandon(ctx context.Context, s *webtransport.Session, size int) error {
	stream, err := s.OpenStreamSync(ctx)
	if err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = stream.SetDeadline(deadline)
	}
	_, err = stream.Write(pattern(size))
	stream.CancelWrite(1)
	stream.CancelRead(1)
	return err
}

func pattern(size int) []byte {
	message := make([]byte, size)
	for i := range message {
		message[i] = byte(i % 251)
	}
	return message
}

func milliseconds(start time.Time) float64 {
	return float64(time.Since(start).Microseconds()) / 1000
}
