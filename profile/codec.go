package profile

// placeholder until the sectioned codec lands (same commit series)
func (r *Reference) MarshalBinary() ([]byte, error)   { panic("todo") }
func (r *Reference) UnmarshalBinary(data []byte) error { panic("todo") }
