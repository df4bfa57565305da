// Renders charts in process with Helm's own engine, for the comparison with jibe_render_bench:
//
//	engine ROUNDS CHART...
//
// prints nanoseconds of the processor and on the clock per round of all the charts: coalescing the
// values, parsing and running the
// templates, sorting the manifests. Loading the charts is not counted.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// What this process has used, the garbage collector's threads included.
func processor() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func render(path string) func() {
	chart, err := loader.Load(path)
	check(err)
	options := common.ReleaseOptions{Name: "release-name", Namespace: "default", Revision: 1, IsInstall: true}
	return func() {
		values := map[string]any{"revision": "bench", "global": map[string]any{"network": "n1"}}
		check(chartutil.ProcessDependencies(chart, values))
		scope, err := util.ToRenderValues(chart, values, options, common.DefaultCapabilities)
		check(err)
		files, err := engine.Render(chart, scope)
		check(err)
		for name := range files {
			if len(name) > 9 && name[len(name)-9:] == "NOTES.txt" {
				delete(files, name)
			}
		}
		_, _, err = releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
		check(err)
	}
}

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	check(err)
	var charts []func()
	for _, path := range os.Args[2:] {
		charts = append(charts, render(path))
	}
	for _, chart := range charts {
		chart()
	}
	before := processor()
	start := time.Now()
	for i := 0; i < rounds; i++ {
		for _, chart := range charts {
			chart()
		}
	}
	clock := time.Since(start).Nanoseconds()
	fmt.Println((processor()-before)/int64(rounds), clock/int64(rounds))
}
