package main
import ("testing";"slices";"time")
func TestZZ(t *testing.T){
 rows:=makeRows(1)
 s,_:=newWrap("x",0)
 var b []float64
 for k:=0;k<500;k++ {
   sample:=func(f func(*row)) float64 {st:=time.Now(); for i:=range 2048 {f(&rows[(i+k*2048)%rowsHeld])}; return float64(time.Since(st))/2048}
   base:=sample(s.base); time.Sleep(time.Millisecond); x:=sample(s.observe); b=append(b,x-base); time.Sleep(time.Millisecond)
 }
 slices.Sort(b); t.Log("p10",b[50],"p20",b[100],"median",b[250])
}
