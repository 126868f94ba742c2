package door

import "encoding/base64"

// ReadSealed reads a cursor of any content under a valid seal, as if the node had written it.
func ReadSealed(body []byte, scopes int) error {
	c := newCursors([]byte("key"))
	_, err := c.read("audience", base64.RawURLEncoding.EncodeToString(append(body, c.mac(body)...)), scopes)
	return err
}
