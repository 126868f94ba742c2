package api

// Problem is an error as a client sees it, as application/problem+json and inside results. Clients decide by Code
// and show Message.
type Problem struct {
	Code      string `json:"code" doc:"One of the codes of the contract; clients survive others"`
	Message   string `json:"message" doc:"A sentence for a person"`
	Retryable bool   `json:"retryable" doc:"True: the same request may succeed later"`
	Status    int    `json:"status,omitempty" doc:"HTTP status, where the problem is a whole answer"`
	Current   any    `json:"current,omitempty" doc:"With stale: the row as it is now"`
}

// Error is the message.
func (p *Problem) Error() string { return p.Message }
