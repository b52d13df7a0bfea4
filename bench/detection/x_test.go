package main
import ("testing";"fmt")
func TestExtra(t *testing.T){
 for _, s := range operational() { for seed := range uint64(3) {
  w,_ := newWorld(100, s.mixed); m, err := s.run(w, 77+seed); fmt.Println(s.name, m.incidents, m.causes, m.evaluated, err)}}
}
