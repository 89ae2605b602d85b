// Package deploy_test holds what the proxy is deployed with to what it promises.
package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unit writes the unit with a program that is there, so that systemd may look at
// it, and gives its path.
func unit(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs systemd-analyze: sh e2e/need.sh systemd")
	}
	const program = "/usr/local/bin/sealane"
	text := read(t, "sealane.service")
	if strings.Count(text, program) != 1 {
		t.Fatalf("the unit doesn't name %s once", program)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sealane.service")
	if err := os.WriteFile(path, []byte(strings.Replace(text, program, self, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestUnitIsValid has systemd read the unit; it says nothing of what it understands.
func TestUnitIsValid(t *testing.T) {
	said, err := exec.Command("systemd-analyze", "verify", unit(t)).CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("%v: %s", err, said)
	}
}

// TestUnitIsHardened holds the unit to the score that README.md quotes. Versions
// of systemd count a little differently.
func TestUnitIsHardened(t *testing.T) {
	quoted := regexp.MustCompile(`exposure ([\d.]+) \(systemd (\d+)\)`).FindStringSubmatch(read(t, "README.md"))
	if quoted == nil {
		t.Fatal("README.md quotes no score")
	}
	said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", unit(t)).CombinedOutput()
	score := regexp.MustCompile(`Overall exposure level for sealane.service: ([\d.]+)`).FindSubmatch(said)
	if err != nil || score == nil {
		t.Fatalf("%v: %s", err, said)
	}
	version, err := exec.Command("systemd-analyze", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("exposure %s; quoted %s with systemd %s", score[1], quoted[1], quoted[2])
	got, err := strconv.ParseFloat(string(score[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	want, err := strconv.ParseFloat(quoted[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	if same := strings.HasPrefix(string(version), "systemd "+quoted[2]); same && got != want || got > want+0.5 {
		t.Errorf("exposure %v, README.md says %v:\n%s", got, want, said)
	}
}

// TestUnitWaits wants systemd to wait longer than the server's grace, which is 30 s.
func TestUnitWaits(t *testing.T) {
	m := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(read(t, "sealane.service"))
	if m == nil {
		t.Fatal("no TimeoutStopSec")
	}
	if n, err := strconv.Atoi(m[1]); err != nil || n < 40 {
		t.Errorf("TimeoutStopSec=%s", m[1])
	}
}

// TestImage wants the last stage to be nothing but the program and what it reads,
// under a number that isn't root's.
func TestImage(t *testing.T) {
	stages := regexp.MustCompile(`(?m)^FROM `).Split(read(t, "Containerfile"), -1)
	last := stages[len(stages)-1]
	if len(stages) < 3 || !strings.HasPrefix(last, "scratch\n") {
		t.Error("the last stage isn't made from scratch")
	}
	user := regexp.MustCompile(`(?m)^USER (\d+):(\d+)$`).FindStringSubmatch(last)
	if user == nil || user[1] == "0" || user[2] == "0" {
		t.Errorf("user %v", user)
	}
	if regexp.MustCompile(`(?m)^(RUN|ADD|SHELL) `).MatchString(last) {
		t.Error("the last stage does more than copy")
	}
}
