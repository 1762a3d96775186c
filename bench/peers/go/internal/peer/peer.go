// Package peer is the part that every Go program of the bench shares: the JSON lines spoken with the parent process
// (bench/src/protocol.ts has the same words) and the measures themselves.
package peer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// A Command is one line on the standard input of a driving process.
type Command struct {
	Measure     string  `json:"measure"`
	Wide        int     `json:"wide"`
	Bytes       int64   `json:"bytes"`
	Seconds     float64 `json:"seconds"`
	Connections int     `json:"connections"`
}

// An Outcome answers a Command: how much was done in how many seconds.
type Outcome struct {
	Count   int64   `json:"count"`
	Seconds float64 `json:"seconds"`
}

// A Driver opens a fresh connection for each measure, so that no congestion state carries over.
type Driver interface {
	// Dial connects to the listening process, each time anew.
	Dial() (Connection, error)
}

// A Connection is one connection or session of the layer that is measured.
type Connection interface {
	// Exchange opens a stream, sends 64 bytes and FIN, and reads the answer of 64 bytes to its FIN.
	Exchange() error
	// Upload sends n bytes and FIN on one stream, and waits for the listener's FIN, which it sends when it has read all.
	Upload(n int64) error
	Close() error
}

// kept are connections that only have to be there.
var kept []Connection

// Ready tells the parent that the program listens, or can dial, and with which versions of these modules.
func Ready(address string, modules ...string) {
	versions := map[string]string{"go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			for _, module := range modules {
				if dependency.Path == module {
					versions[module] = dependency.Version
				}
			}
		}
	}
	write(map[string]any{"ready": true, "address": address, "versions": versions})
}

// Serve waits until the parent closes our standard input, which also happens when the parent dies.
func Serve() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
	}
}

// Drive runs the parent's commands until it closes our standard input.
func Drive(driver Driver) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var command Command
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			write(map[string]any{"error": err.Error()})
			continue
		}
		outcome, err := run(driver, command)
		if err != nil {
			write(map[string]any{"error": err.Error()})
			continue
		}
		write(outcome)
	}
}

// Fail ends the process with a message that the parent shows.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(driver Driver, command Command) (Outcome, error) {
	switch command.Measure {
	case "bulk":
		return bulk(driver, command.Bytes)
	case "streams":
		return streams(driver, command.Wide, seconds(command.Seconds))
	case "dials":
		return dials(driver, seconds(command.Seconds))
	case "idle":
		return idle(driver, command.Connections)
	default:
		return Outcome{}, fmt.Errorf("unknown measure %q", command.Measure)
	}
}

func bulk(driver Driver, bytes int64) (Outcome, error) {
	connection, err := driver.Dial()
	if err != nil {
		return Outcome{}, err
	}
	start := time.Now()
	if err := connection.Upload(bytes); err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Count: bytes, Seconds: time.Since(start).Seconds()}
	return outcome, connection.Close()
}

// streams keeps `wide` exchanges going until the time is over; the last ones are waited for and counted.
func streams(driver Driver, wide int, duration time.Duration) (Outcome, error) {
	connection, err := driver.Dial()
	if err != nil {
		return Outcome{}, err
	}
	// One exchange first, so that what happens once a connection (identify, say) is not part of the measure.
	if err := connection.Exchange(); err != nil {
		return Outcome{}, err
	}
	counts := make([]int64, wide)
	failures := make([]error, wide)
	var workers sync.WaitGroup
	start := time.Now()
	end := start.Add(duration)
	for worker := range wide {
		workers.Go(func() {
			for time.Now().Before(end) {
				if err := connection.Exchange(); err != nil {
					failures[worker] = err
					return
				}
				counts[worker]++
			}
		})
	}
	workers.Wait()
	outcome := Outcome{Seconds: time.Since(start).Seconds()}
	for worker := range wide {
		if failures[worker] != nil {
			return Outcome{}, failures[worker]
		}
		outcome.Count += counts[worker]
	}
	return outcome, connection.Close()
}

func dials(driver Driver, duration time.Duration) (Outcome, error) {
	outcome := Outcome{}
	start := time.Now()
	for end := start.Add(duration); time.Now().Before(end); outcome.Count++ {
		connection, err := driver.Dial()
		if err != nil {
			return Outcome{}, err
		}
		if err := connection.Close(); err != nil {
			return Outcome{}, err
		}
	}
	outcome.Seconds = time.Since(start).Seconds()
	return outcome, nil
}

// idle keeps the connections that it opens.
func idle(driver Driver, connections int) (Outcome, error) {
	start := time.Now()
	for range connections {
		connection, err := driver.Dial()
		if err != nil {
			return Outcome{}, err
		}
		kept = append(kept, connection)
	}
	return Outcome{Count: int64(connections), Seconds: time.Since(start).Seconds()}, nil
}

func seconds(count float64) time.Duration {
	return time.Duration(count * float64(time.Second))
}

func write(line any) {
	encoded, err := json.Marshal(line)
	if err != nil {
		Fail(err)
	}
	os.Stdout.Write(append(encoded, '\n'))
}
