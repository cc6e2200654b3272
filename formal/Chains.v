(** The weakest link. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Chains.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma chain_scale n d c (l : R) k x y : 0 < l ->
  chain o n (fun x y => l * d x y) c k x y = l * chain o n d c k x y.
Proof.
move=> Hl; elim: k x y => //= k IH x y.
rewrite -(minimum_scale (fun z => greatest o (chain o n d c k x z) (d z y))) //.
by apply: eq_minimum => z _; rewrite !greatestE IH maxr_pmulr // ltW.
Qed.

Lemma chain_gt0 n d c k x y : distance n d -> (x < n)%N -> (y < n)%N -> x != y -> c x == c y ->
  0 < chain o n d c k x y.
Proof.
move=> Hd Hx; elim: k y => [|k IH] y Hy Hxy Hc /=; first by case: Hd => _ _; apply.
apply: minimum_gt0 => [|z]; first by apply/eqP => E; have := mem_members n c (c y) y; rewrite E in_nil eqxx Hy.
rewrite mem_members => /andP [Hz Hzn]; rewrite greatestE lt_maxr.
case: (altP (x =P z)) => [<-|Hxz]; first by case: Hd => _ _ -> //; rewrite orbT.
by rewrite IH // (eqP Hz).
Qed.

Lemma chain_shrinks n d d' c k x y : consistent_change n c d d' -> (x < n)%N -> (y < n)%N -> c x == c y ->
  chain o n d' c k x y <= chain o n d c k x y.
Proof.
move=> H Hx; elim: k y => [|k IH] y Hy Hc /=; first by have := H _ _ Hx Hy; rewrite Hc.
apply: minimum_mono => z; rewrite mem_members => /andP [Hz Hzn]; rewrite !greatestE.
rewrite le_maxl !le_maxr IH ?(eqP Hz) //=.
by have := H _ _ Hzn Hy; rewrite Hz => ->; rewrite orbT.
Qed.

Lemma widest_gap_scale n d c (l : R) : 0 < l ->
  widest_gap o n (fun x y => l * d x y) c = l * widest_gap o n d c.
Proof. by move=> Hl; rewrite /widest_gap -maximum_scale //; apply: eq_maximum => p _; exact: chain_scale. Qed.

Theorem weakest_link_scale_invariant : scale_invariant (weakest_link o).
Proof.
move=> n d c l _ _ Hl; rewrite /weakest_link /= widest_gap_scale //.
have -> : minimum o (apart (fun x y => l * d x y)) (between n c) = l * minimum o (apart d) (between n c).
  exact: (minimum_scale (apart d)).
exact: cancel_unit.
Qed.

Theorem weakest_link_consistent : consistent (@lower R) (weakest_link o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /lower /weakest_link /widest_gap /=; apply: quotient_mono.
- exact: maximum_ge0.
- by apply: maximum_mono => p /within_inside [H1 H2 _ E]; apply: chain_shrinks.
- exact: shortest_gt0.
- by apply: minimum_mono => p; apply: across_grows.
Qed.

Section Isomorphism.

Variables (n : nat) (d d' : nat -> nat -> R) (c c' s t : nat -> nat).
Hypotheses (Hd : distance n d) (Hst : bijection n s t) (Hc : renamed n s c c').
Hypothesis (E : forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)).

Lemma members_ordered y : (y < n)%N -> map s (members n c' (c' y)) =i members n c (c (s y)).
Proof.
move=> Hy z; rewrite mem_members; apply/mapP/andP => [[x]|[Hz Hzn]].
  rewrite mem_members => /andP [Hx Hxn] ->; rewrite -(Hc Hxn Hy) Hx; by have [-> _ _ _] := Hst Hxn.
have [_ Ht Ez _] := Hst Hzn.
by exists (t z); rewrite ?Ez // mem_members (Hc Ht Hy) Ez Hz Ht.
Qed.

Lemma chain_isomorphic k x y : (x < n)%N -> (y < n)%N ->
  chain o n d' c' k x y = chain o n d c k (s x) (s y).
Proof.
move=> Hx; elim: k y => [|k IH] y Hy /=; first exact: E.
rewrite -(minimum_perm _ (members_ordered Hy)) minimum_map; apply: eq_minimum => z.
by rewrite mem_members => /andP [_ Hz] /=; rewrite IH // E.
Qed.

End Isomorphism.

(** Chains are as long one way round as the other. *)
Lemma chain_step n d c k x y z : distance n d -> (x < n)%N -> (y < n)%N -> (z < n)%N -> c x == c z -> c y == c z ->
  chain o n d c k.+1 x y <= Num.max (chain o n d c k x z) (d z y).
Proof.
move=> Hd Hx Hy Hz Hxz Hyz; rewrite -greatestE [chain _ _ _ _ _ _ _]/=.
by apply: (@minimum_le _ _ (fun z => greatest o (chain o n d c k x z) (d z y))); rewrite mem_members eq_sym Hyz.
Qed.

Lemma chain_least n d c k x y : (y < n)%N ->
  exists2 z, (z \in members n c (c y)) & chain o n d c k.+1 x y = Num.max (chain o n d c k x z) (d z y).
Proof.
move=> Hy; rewrite [chain _ _ _ _ _ _ _]/=.
have Hm : members n c (c y) != [::].
  by apply/eqP => E; have := mem_members n c (c y) y; rewrite E in_nil eqxx Hy.
have [z Hz ->] := minimum_in (fun z => greatest o (chain o n d c k x z) (d z y)) Hm.
by exists z => //; rewrite greatestE.
Qed.

Lemma chain_cons n d c k x y z : distance n d -> (x < n)%N -> (y < n)%N -> (z < n)%N -> c x == c y -> c z == c y ->
  chain o n d c k.+1 x y <= Num.max (d x z) (chain o n d c k z y).
Proof.
move=> Hd Hx; elim: k y z => [|k IH] y z Hy Hz Hxy Hzy.
  have Hxz : c x == c z by rewrite (eqP Hxy) eq_sym.
  have Hyz : c y == c z by rewrite eq_sym.
  exact: (chain_step 0 Hd Hx Hy Hz Hxz Hyz).
have [w] := chain_least d c k z Hy; rewrite mem_members => /andP [Hw Hwn] ->.
have Hxw : c x == c w by rewrite (eqP Hxy) eq_sym.
have Hyw : c y == c w by rewrite eq_sym.
have Hzw : c z == c w by rewrite (eqP Hzy).
apply: (le_trans (chain_step k.+1 Hd Hx Hy Hwn Hxw Hyw)).
by rewrite le_maxl maxA le_maxr (IH _ _ Hwn Hz Hxw Hzw) //= le_maxr lexx orbT.
Qed.

Lemma chain_symmetric_le n d c k x y : distance n d -> (x < n)%N -> (y < n)%N -> c x == c y ->
  chain o n d c k y x <= chain o n d c k x y.
Proof.
move=> Hd; elim: k x y => [|k IH] x y Hx Hy Hxy; first by case: Hd => _ sym _ /=; rewrite sym.
have [z] := chain_least d c k x Hy; rewrite mem_members => /andP [Hz Hzn] ->.
have Hyx : c y == c x by rewrite eq_sym.
have Hzx : c z == c x by rewrite (eqP Hz).
have Hxz : c x == c z by rewrite eq_sym.
apply: (le_trans (chain_cons k Hd Hy Hx Hzn Hyx Hzx)).
case: (Hd) => _ sym _; rewrite maxC (sym y z) // le_maxl !le_maxr lexx orbT andbT.
by rewrite IH.
Qed.

Lemma chain_symmetric n d c k x y : distance n d -> (x < n)%N -> (y < n)%N -> c x == c y ->
  chain o n d c k x y = chain o n d c k y x.
Proof. by move=> Hd Hx Hy H; apply/eqP; rewrite eq_le !chain_symmetric_le // eq_sym. Qed.

Lemma chain_le n d c k x y : distance n d -> (x < n)%N -> (y < n)%N -> c x == c y -> chain o n d c k x y <= d x y.
Proof.
move=> Hd Hx Hy Hxy; elim: k => [|k IH]; first exact: lexx.
have Hyy : c y == c y by [].
apply: (le_trans (chain_step k Hd Hx Hy Hy Hxy Hyy)); rewrite le_maxl IH /=.
case: Hd => zero _ pos; rewrite zero //.
by case: (altP (x =P y)) => [<-|H]; [rewrite zero | apply/ltW/pos].
Qed.

(** A chain has a step at least as long as the shortest distance. *)
Lemma chain_ge n d c m k x y : (forall x y, (x < n)%N -> (y < n)%N -> x != y -> m <= d x y) ->
  (x < n)%N -> (y < n)%N -> x != y -> m <= chain o n d c k x y.
Proof.
move=> H Hx; elim: k y => [|k IH] y Hy Hxy; first exact: H.
have [z] := chain_least d c k x Hy; rewrite mem_members => /andP [_ Hz] ->; rewrite le_maxr.
by case: (altP (z =P y)) => [->|Hzy]; [rewrite IH | rewrite H ?orbT].
Qed.

Theorem widest_gap_consistent : consistent (@lower R) (widest_gap o).
Proof.
by move=> n d d' c _ _ _ H; apply: maximum_mono => p /within_inside [H1 H2 _ E]; apply: chain_shrinks.
Qed.

Theorem widest_gap_isomorphism_invariant : isomorphism_invariant (widest_gap o).
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /widest_gap.
rewrite -(maximum_perm _ (perm_mem (ordered_within Hst Hc))) maximum_map; apply: eq_maximum => p Hp.
have [H1 H2 _ Ep] := within_inside Hp.
rewrite (chain_isomorphic Hst Hc E) // /ordered /=; case: ifP => // _.
have [[? _ _ _] [? _ _ _]] := (Hst _ H1, Hst _ H2).
by apply: chain_symmetric => //; rewrite -(Hc _ _ H1 H2).
Qed.

Theorem weakest_link_isomorphism_invariant : isomorphism_invariant (weakest_link o).
Proof.
move=> n d d' c c' s t Hd Hd' H Hst Hc E; rewrite /weakest_link /=; congr (_ / _).
  exact: (widest_gap_isomorphism_invariant Hd Hd' H Hst Hc E).
rewrite -(minimum_perm _ (perm_mem (ordered_between Hst Hc))) minimum_map; apply: eq_minimum => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

End Chains.
