package peer

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The exchange on every stream is that of libp2p's perf protocol: eight bytes, big-endian, say how many bytes the
// opener wants back; whatever follows is thrown away; at the FIN the listener sends that many bytes and its own FIN.

const (
	requestSize = 64
	answerSize  = 64
	// Size of a write in Upload: large enough that the call itself costs nothing.
	chunkSize = 256 << 10
)

var zeros [chunkSize]byte

// A Stream is what the streams of all measured layers have in common.
type Stream interface {
	io.ReadWriter
	// CloseWrite sends FIN.
	CloseWrite() error
}

// Answer plays the listener's part on a stream.
func Answer(stream Stream) error {
	var header [8]byte
	if _, err := io.ReadFull(stream, header[:]); err != nil {
		return err
	}
	buffer := make([]byte, 4<<10)
	if err := drain(stream, &buffer); err != nil {
		return err
	}
	if err := send(stream, int64(binary.BigEndian.Uint64(header[:]))); err != nil {
		return err
	}
	return stream.CloseWrite()
}

// Exchange plays the opener's part with a request and an answer of 64 bytes.
func Exchange(stream Stream) error {
	var request [requestSize]byte
	binary.BigEndian.PutUint64(request[:], answerSize)
	if _, err := stream.Write(request[:]); err != nil {
		return err
	}
	if err := stream.CloseWrite(); err != nil {
		return err
	}
	return expect(stream, answerSize)
}

// Upload plays the opener's part with a request of n bytes after the header and an empty answer.
func Upload(stream Stream, n int64) error {
	if _, err := stream.Write(zeros[:8]); err != nil {
		return err
	}
	if err := send(stream, n); err != nil {
		return err
	}
	if err := stream.CloseWrite(); err != nil {
		return err
	}
	return expect(stream, 0)
}

func send(stream io.Writer, n int64) error {
	for n > 0 {
		written, err := stream.Write(zeros[:min(n, chunkSize)])
		if err != nil {
			return err
		}
		n -= int64(written)
	}
	return nil
}

// drain reads to the end; the buffer grows when there is much to read, so that short streams stay cheap.
func drain(stream io.Reader, buffer *[]byte) error {
	for {
		read, err := stream.Read(*buffer)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if read == len(*buffer) && read < chunkSize {
			*buffer = make([]byte, chunkSize)
		}
	}
}

// expect reads to the end, which must come after exactly `size` bytes.
func expect(stream io.Reader, size int) error {
	var buffer [answerSize + 1]byte
	read := 0
	for {
		count, err := stream.Read(buffer[read:])
		read += count
		if err == io.EOF && read == size {
			return nil
		}
		if err == io.EOF || read > size {
			return fmt.Errorf("answer of %d bytes, expected %d", read, size)
		}
		if err != nil {
			return err
		}
	}
}
