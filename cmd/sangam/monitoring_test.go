package main_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/aashram-care/sangam/internal/testkit"
)

// served are the figures of a running edge and hub: each line as it stands, by name.
func served(t *testing.T) map[string][]string {
	t.Helper()
	w := newWorld(t)
	found := map[string][]string{}
	for role, node := range map[string]*testkit.Process{"hub": w.hub, "edge": w.edge} {
		admin := testkit.FreeAddr(t)
		node.Stop()
		node.StartWith("--redis", w.redis.URL, "--admin-listen", admin)
		url := "http://" + admin + "/metrics"
		if !testkit.Eventually(30*time.Second, func() bool {
			answer, err := http.Get(url)
			return err == nil && answer.Body.Close() == nil
		}) {
			t.Fatalf("%s: no figures after 30 s", role)
		}
		for line := range strings.Lines(body(t, url)) {
			if name := promName.FindString(line); name != "" && !strings.HasPrefix(line, "#") {
				found[name] = append(found[name], line)
			}
		}
	}
	return found
}

var (
	promName  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	matchers  = regexp.MustCompile(`([a-z_]+)\{([^}]*)\}`)
	matcher   = regexp.MustCompile(`([a-z]+)=~?"([^"]*)"`)
	notNames  = regexp.MustCompile(`\{[^}]*\}|\[[^\]]*\]|"[^"]*"`)
	something = regexp.MustCompile(`\b[a-zA-Z_:][a-zA-Z0-9_:]*\b\s*\(?`)
	words     = []string{"and", "or", "unless"}
	// What Prometheus itself knows: whether the scrape came through, and what its configuration calls the node.
	ownNames, ownLabels = []string{"up"}, []string{"job", "instance"}
)

// unknown are names and values of labels in an expression that no node serves.
func unknown(expr string, figures map[string][]string) (bad []string) {
	for _, word := range something.FindAllString(notNames.ReplaceAllString(expr, " "), -1) {
		word = strings.TrimSpace(word)
		_, found := figures[word]
		if !found && !strings.HasSuffix(word, "(") && !slices.Contains(words, word) && !slices.Contains(ownNames, word) {
			bad = append(bad, word)
		}
	}
	for _, selector := range matchers.FindAllStringSubmatch(expr, -1) {
		for _, m := range matcher.FindAllStringSubmatch(selector[2], -1) {
			for value := range strings.SplitSeq(m[2], "|") {
				label := m[1] + `="` + value + `"`
				if !slices.Contains(ownLabels, m[1]) && !strings.Contains(strings.Join(figures[selector[1]], ""), label) {
					bad = append(bad, label)
				}
			}
		}
	}
	return bad
}

// ruleExpressions are the expressions of the alerts, by their names.
func ruleExpressions(t *testing.T) map[string]string {
	t.Helper()
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "../../deploy/prometheus/sangam.rules.yml")), &rules, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			found[rule.Alert] = rule.Expr
			if severity := rule.Labels["severity"]; severity != "page" && severity != "ticket" || rule.Annotations["summary"] == "" {
				t.Errorf("%s: severity %q, summary %q", rule.Alert, severity, rule.Annotations["summary"])
			}
		}
	}
	return found
}

// panelExpressions are the expressions of the dashboard, by title and letter.
func panelExpressions(t *testing.T) map[string]string {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "../../deploy/grafana/sangam.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			found[panel.Title+" "+target.RefID] = target.Expr
		}
	}
	return found
}

func TestRulesAndDashboardReadFiguresThatNodesServe(t *testing.T) {
	figures := served(t)
	rules, panels := ruleExpressions(t), panelExpressions(t)
	if len(rules) < 10 || len(panels) < 10 {
		t.Errorf("%d rules and %d expressions of panels were found", len(rules), len(panels))
	}
	for _, expressions := range []map[string]string{rules, panels} {
		for of, expr := range expressions {
			if bad := unknown(expr, figures); len(bad) > 0 {
				t.Errorf("%s: no node serves %q", of, bad)
			}
		}
	}
	wrong := `rate(sangam_socket[5m]) > 1e9 and sangam_sites{state=~"live|dead"} > 0`
	if bad := unknown(wrong, figures); !slices.Equal(bad, []string{"sangam_socket", `state="dead"`}) {
		t.Errorf("of a wrong expression it is said %q", bad)
	}
	var scrape struct {
		Files []string `yaml:"rule_files"`
		Jobs  []struct {
			Name string `yaml:"job_name"`
		} `yaml:"scrape_configs"`
	}
	err := yaml.Unmarshal([]byte(read(t, "../../deploy/prometheus/prometheus.yml")), &scrape)
	if err != nil || !slices.Equal(scrape.Files, []string{"sangam.rules.yml"}) || len(scrape.Jobs) != 1 || scrape.Jobs[0].Name != "sangam" {
		t.Errorf("the example of a scrape: %v, %+v", err, scrape)
	}
}
