// Drives a CNI plugin with the reference libcni: one job as JSON on stdin, its outcome as JSON on stdout.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/containernetworking/cni/libcni"
	"github.com/containernetworking/cni/pkg/types"
	"github.com/containernetworking/cni/pkg/types/create"
)

const deadline = 60 * time.Second

type job struct {
	Verb             string               `json:"verb"`
	ConfList         string               `json:"confList"`
	ContainerID      string               `json:"containerId"`
	NetNS            string               `json:"netns"`
	IfName           string               `json:"ifName"`
	Args             [][2]string          `json:"args"`
	CapabilityArgs   map[string]any       `json:"capabilityArgs"`
	CNIPath          string               `json:"cniPath"`
	CacheDir         string               `json:"cacheDir"`
	ValidAttachments []types.GCAttachment `json:"validAttachments"`
	// For CONVERT.
	Result    json.RawMessage `json:"result"`
	ToVersion string          `json:"toVersion"`
}

type failure struct {
	Code    uint   `json:"code,omitempty"`
	Msg     string `json:"msg,omitempty"`
	Details string `json:"details,omitempty"`
	// What libcni itself says, where the plugin said nothing.
	Text string `json:"text,omitempty"`
}

type outcome struct {
	OK      bool     `json:"ok"`
	Result  any      `json:"result,omitempty"`
	Error   *failure `json:"error,omitempty"`
	Version []string `json:"version,omitempty"`
}

func main() {
	var wanted job
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		fmt.Fprintln(os.Stderr, "error: the job is no JSON:", err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(perform(wanted)); err != nil {
		fmt.Fprintln(os.Stderr, "error: the outcome can't be written:", err)
		os.Exit(1)
	}
}

func perform(wanted job) outcome {
	var said outcome
	var err error
	if wanted.Verb == "CONVERT" {
		said.Result, err = convert(wanted)
	} else {
		err = drive(wanted, &said)
	}
	said.OK = err == nil
	said.Error = describe(err)
	return said
}

func convert(wanted job) (types.Result, error) {
	read, err := create.CreateFromBytes(wanted.Result)
	if err != nil {
		return nil, err
	}
	return read.GetAsVersion(wanted.ToVersion)
}

func drive(wanted job, said *outcome) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	cni := libcni.NewCNIConfigWithCacheDir(filepath.SplitList(wanted.CNIPath), wanted.CacheDir, nil)
	list, err := libcni.NetworkConfFromBytes([]byte(wanted.ConfList))
	if err != nil {
		return err
	}
	runtime := &libcni.RuntimeConf{
		ContainerID: wanted.ContainerID, NetNS: wanted.NetNS, IfName: wanted.IfName,
		Args: wanted.Args, CapabilityArgs: wanted.CapabilityArgs,
	}
	switch wanted.Verb {
	case "ADD":
		result, err := cni.AddNetworkList(ctx, list, runtime)
		if err == nil {
			said.Result = result
		}
		return err
	case "CHECK":
		return cni.CheckNetworkList(ctx, list, runtime)
	case "DEL":
		return cni.DelNetworkList(ctx, list, runtime)
	case "GC":
		return cni.GCNetworkList(ctx, list, &libcni.GCArgs{ValidAttachments: wanted.ValidAttachments})
	case "STATUS":
		return cni.GetStatusNetworkList(ctx, list)
	case "VALIDATE":
		_, err := cni.ValidateNetworkList(ctx, list)
		return err
	case "VERSION":
		info, err := cni.GetVersionInfo(ctx, list.Plugins[0].Network.Type)
		if err == nil {
			said.Version = info.SupportedVersions()
		}
		return err
	}
	return fmt.Errorf("no such verb: %q", wanted.Verb)
}

func describe(err error) *failure {
	if err == nil {
		return nil
	}
	var said *types.Error
	if errors.As(err, &said) {
		return &failure{Code: said.Code, Msg: said.Msg, Details: said.Details, Text: err.Error()}
	}
	return &failure{Text: err.Error()}
}
