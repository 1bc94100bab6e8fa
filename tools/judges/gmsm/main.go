// Judges the SM2 signatures and SM3 digests of OFD files with gmsm: one JSON line per signature.
// With a second argument it also leaves message, signature and certificate there, for OpenSSL.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

type seal struct {
	Info      asn1.RawValue
	Cert      []byte
	Algorithm asn1.ObjectIdentifier
	Signature asn1.BitString
	Timestamp asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

type toSign struct {
	Version    int
	Seal       asn1.RawValue
	Time       asn1.RawValue
	DataHash   asn1.BitString
	Property   asn1.RawValue
	Extensions asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

type sealSignature struct {
	ToSign    asn1.RawValue
	Cert      []byte
	Algorithm asn1.ObjectIdentifier
	Signature asn1.BitString
	Timestamp asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

type verdict struct {
	Judge     string `json:"judge"`
	File      string `json:"file"`
	Signature string `json:"signature"`
	DataHash  bool   `json:"dataHash"`
	Stamp     bool   `json:"stamp"`
	Seal      bool   `json:"seal"`
	Why       string `json:"why,omitempty"`
}

func verify(certificate, message, signature []byte) (bool, error) {
	parsed, err := smx509.ParseCertificate(certificate)
	if err != nil {
		return false, err
	}
	key, ok := parsed.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return false, fmt.Errorf("not an SM2 key")
	}
	return sm2.VerifyASN1WithSM2(key, nil, message, signature), nil
}

func read(file *zip.File) ([]byte, error) {
	reader, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(io.LimitReader(reader, 64<<20))
}

func judge(value, description []byte, dump string) (v verdict) {
	var outer sealSignature
	if _, err := asn1.Unmarshal(value, &outer); err != nil {
		v.Why = "SES_Signature: " + err.Error()
		return v
	}
	var tbs toSign
	if _, err := asn1.Unmarshal(outer.ToSign.FullBytes, &tbs); err != nil {
		v.Why = "TBS_Sign: " + err.Error()
		return v
	}
	var inner seal
	if _, err := asn1.Unmarshal(tbs.Seal.FullBytes, &inner); err != nil {
		v.Why = "SESeal: " + err.Error()
		return v
	}
	digest := sm3.Sum(description)
	v.DataHash = bytes.Equal(digest[:], tbs.DataHash.Bytes)
	var err error
	if v.Stamp, err = verify(outer.Cert, outer.ToSign.FullBytes, outer.Signature.Bytes); err != nil {
		v.Why = "stamp: " + err.Error()
	}
	if v.Seal, err = verify(inner.Cert, inner.Info.FullBytes, inner.Signature.Bytes); err != nil {
		v.Why = "seal: " + err.Error()
	}
	if dump != "" {
		for name, content := range map[string][]byte{
			"stamp.msg": outer.ToSign.FullBytes, "stamp.sig": outer.Signature.Bytes, "stamp.cer": outer.Cert,
			"seal.msg": inner.Info.FullBytes, "seal.sig": inner.Signature.Bytes, "seal.cer": inner.Cert,
		} {
			if err := os.WriteFile(dump+"."+name, content, 0o600); err != nil {
				v.Why = err.Error()
			}
		}
	}
	return v
}

func judgeFile(name, dump string, out *json.Encoder) error {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer archive.Close()
	contents := map[string][]byte{}
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "SignedValue.dat") && !strings.HasSuffix(file.Name, "Signature.xml") {
			continue
		}
		if contents[file.Name], err = read(file); err != nil {
			return err
		}
	}
	var values []string
	for entry := range contents {
		if strings.HasSuffix(entry, "SignedValue.dat") {
			values = append(values, entry)
		}
	}
	sort.Strings(values)
	for index, entry := range values {
		prefix := ""
		if dump != "" {
			prefix = filepath.Join(dump, fmt.Sprintf("%s.%d", filepath.Base(name), index))
		}
		v := judge(contents[entry], contents[path.Join(path.Dir(entry), "Signature.xml")], prefix)
		v.Judge, v.File, v.Signature = "gmsm", filepath.Base(name), entry
		if err := out.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	dump := ""
	if len(os.Args) > 2 {
		dump = os.Args[2]
	}
	files, _ := filepath.Glob(filepath.Join(os.Args[1], "*.ofd"))
	sort.Strings(files)
	out := json.NewEncoder(os.Stdout)
	for _, file := range files {
		if err := judgeFile(file, dump, out); err != nil {
			_ = out.Encode(verdict{Judge: "gmsm", File: filepath.Base(file), Why: err.Error()})
		}
	}
}
