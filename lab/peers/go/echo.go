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

	"github.com/libp2p/go-libp2p/core/network"

	"sluice.invalid/lab/common/lines"
)

const echoProtocol = "/echo/1.0.0"

// serveEcho sends back what comes until the peer's FIN, then ends its own half.
func serveEcho(s network.Stream) {
	if _, err := io.Copy(s, s); err != nil {
		_ = s.Reset()
		return
	}
	_ = s.Close()
}

// echo sends size bytes over one stream while it reads them back.
func (n *node) echo(ctx context.Context, size int) (any, error) {
	s, err := n.open(ctx, echoProtocol)
	if err != nil {
		return nil, err
	}
	sent := sha256.New()
	start := time.Now()
	wrote := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.MultiWriter(s, sent), pattern(size))
		if err == nil {
			err = s.CloseWrite()
		}
		wrote <- err
	}()
	received := sha256.New()
	count, err := io.Copy(received, s)
	if err == nil {
		err = <-wrote
	}
	if err != nil {
		_ = s.Reset()
		return nil, err
	}
	_ = s.Close()
	return lines.Fields{
		"bytes":        count,
		"sent":         hex.EncodeToString(sent.Sum(nil)),
		"received":     hex.EncodeToString(received.Sum(nil)),
		"milliseconds": milliseconds(start),
	}, nil
}

// openStreams opens count echo streams, at most width of them in flight, and sends size bytes through each.
func (n *node) openStreams(ctx context.Context, count, width, size int) (any, error) {
	if width == 0 {
		width = count
	}
	var (
		wait     sync.WaitGroup
		mu       sync.Mutex
		echoed   int
		failures = map[string]int{}
		slots    = make(chan struct{}, width)
	)
	message, err := io.ReadAll(pattern(size))
	if err != nil {
		return nil, err
	}
	start := time.Now()
	for range count {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			err := n.echoOnce(ctx, message)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures[err.Error()]++
			} else {
				echoed++
			}
		})
	}
	wait.Wait()
	return lines.Fields{"asked": count, "echoed": echoed, "failures": failures, "milliseconds": milliseconds(start)}, nil
}

func (n *node) echoOnce(ctx context.Context, message []byte) error {
	s, err := n.open(ctx, echoProtocol)
	if err != nil {
		return err
	}
	answer, err := exchange(s, message)
	if err != nil {
		_ = s.Reset()
		return err
	}
	if !bytes.Equal(answer, message) {
		return fmt.Errorf("echoed %d bytes of %d", len(answer), len(message))
	}
	return s.Close()
}

func exchange(s network.Stream, message []byte) ([]byte, error) {
	if _, err := s.Write(message); err != nil {
		return nil, err
	}
	if err := s.CloseWrite(); err != nil {
		return nil, err
	}
	return io.ReadAll(s)
}

// pattern is size bytes that do not repeat within a power of two, the same in every peer of the lab.
func pattern(size int) io.Reader { return &patternReader{left: size} }

type patternReader struct{ at, left int }

func (p *patternReader) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	count := min(len(b), p.left)
	for i := range count {
		b[i] = byte((p.at + i) % 251)
	}
	p.at += count
	p.left -= count
	return count, nil
}
