(** Numbers of comparisons. *)

From mathcomp Require Import all_ssreflect.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Lemma of_two_kinds w b : (w + b) * (w + b).-1 = w * b * 2 + (w * w.-1 + b * b.-1).
Proof.
case: w => [|w]; first by rewrite !mul0n !add0n.
case: b => [|b]; first by rewrite muln0 mul0n !addn0.
rewrite addSn !succnK -(addn1 (w + b.+1)) -(addn1 w) -(addn1 b); ring.
Qed.

(** Comparisons of a distance inside with one between: all comparisons but those of one kind. *)
Lemma comparisons_of_two_kinds w b : (w + b) * (w + b).-1 %/ 2 - (w * w.-1 + b * b.-1) %/ 2 = w * b.
Proof. by rewrite of_two_kinds divnMDl; [rewrite addnK | exact: (ltn0Sn 1)]. Qed.

Lemma count_allpairs (S T : eqType) (f : pred S) (g : pred T) s t :
  count (fun pq => f pq.1 && g pq.2) [seq (p, q) | p <- s, q <- t] = count f s * count g t.
Proof.
elim: s => [|p s IH]; first by rewrite mul0n.
rewrite [LHS]count_cat IH count_map mulnDl; congr (_ + _).
case E : (f p); first by rewrite mul1n; apply: eq_count => q /=; rewrite E.
by rewrite mul0n; apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => q _ /=; rewrite E.
Qed.

(** Of four numbers in a table: the first diagonal is less than its margins, unless the other one is empty. *)
Lemma diagonal_below_margins a b c e : 0 < a -> 0 < e -> 0 < b + c ->
  a * e * (a * e) < (a + c) * (b + e) * ((a + b) * (c + e)).
Proof.
move=> Ha He Hbc.
rewrite (mulnACA a e a e) [(a + c) * (b + e) * _]mulnACA.
have H1 : a * a < (a + c) * (a + b).
  rewrite mulnDl !mulnDr -!addnA -[X in X < _]addn0 ltn_add2l addn_gt0.
  by move: Hbc; rewrite addn_gt0 => /orP [Hb|Hc]; rewrite ?muln_gt0 ?Ha ?Hb //= addn_gt0 !muln_gt0 Ha Hc orbT.
have H2 : e * e <= (b + e) * (c + e) by apply: leq_mul; apply: leq_addl.
apply: (@leq_trans ((a + c) * (a + b) * (e * e))); last by rewrite leq_mul2l H2 orbT.
by rewrite ltn_mul2r muln_gt0 He.
Qed.
