(** Extremes and means of the distances of pairs, and Hausdorff's distance. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Summaries.

Variable R : realFieldType.
Notation o := (field_ops R).
Notation summary := ((nat * nat -> R) -> seq (nat * nat) -> R).

(** Other numbers for the points of these pairs, one for each. *)
Definition one_to_one (t : nat -> nat) (s : seq (nat * nat)) : Prop :=
  forall x y, has (meets x) s -> has (meets y) s -> t x = t y -> x = y.

(** What extremes and means of numbers that are not negative have in common. *)
Record average (A : summary) : Prop := Average {
  average_mono : forall f g s, (forall p, p \in s -> f p <= g p) -> A f s <= A g s;
  average_scale : forall l f s, 0 < l -> A (fun p => l * f p) s = l * A f s;
  average_perm : forall f s t, perm_eq s t -> A f s = A f t;
  average_renamed : forall t f s, one_to_one t s -> A f (map (ordered t) s) = A (f \o ordered t) s;
  average_const : forall m s, 0 <= m -> s != [::] -> A (fun=> m) s = m
}.

(** Each number has its part in it. *)
Definition sees (A : summary) : Prop :=
  forall f s p, p \in s -> (forall q, q \in s -> 0 <= f q) -> f p <= A f s * (size s)%:R.

Lemma minimum_average : average (@minimum R o _).
Proof.
split.
- by move=> f g s; apply: minimum_mono.
- by move=> l f s Hl; apply: minimum_scale.
- by move=> f s t H; apply/minimum_perm/perm_mem.
- by move=> t f s _; apply: minimum_map.
- by move=> m s _ Hs; have [p _ ->] := minimum_in (fun _ : nat * nat => m) Hs.
Qed.

Lemma maximum_average : average (@maximum R o _).
Proof.
split.
- by move=> f g s; apply: maximum_mono.
- by move=> l f s Hl; apply: maximum_scale.
- by move=> f s t H; apply/maximum_perm/perm_mem.
- by move=> t f s _; apply: maximum_map.
- move=> m s Hm; case: s => [//|p s] _; apply/eqP; rewrite eq_le maximum_le //=.
  exact: (maximum_ge (fun _ : nat * nat => m) (mem_head p s)).
Qed.

Lemma mean_average : average (@mean R o _).
Proof.
split.
- by move=> f g s; apply: mean_mono.
- by move=> l f s _; apply: mean_scale.
- by move=> f s t; apply: mean_perm.
- by move=> t f s _; apply: mean_map.
- by move=> m s _; apply: mean_const.
Qed.

Lemma meets_renamed t s x q : one_to_one t s -> has (meets x) s -> q \in s -> meets (t x) (ordered t q) = meets x q.
Proof.
move=> H Hx Hq; have E y : meets y q -> (t x == t y) = (x == y).
  move=> Hy; apply/eqP/eqP => [|-> //]; apply: H => //.
  by apply/hasP; exists q.
rewrite /ordered; case: ifP => _; rewrite /meets /=; last rewrite orbC.
  by rewrite !E // /meets eqxx ?orbT.
by rewrite !E // /meets eqxx ?orbT.
Qed.

Lemma nearest_renamed t f s x : one_to_one t s -> has (meets x) s ->
  nearest o f (map (ordered t) s) (t x) = nearest o (f \o ordered t) s x.
Proof.
move=> H Hx; rewrite /nearest filter_map minimum_map; congr minimum.
by apply: eq_in_filter => q Hq /=; apply: (meets_renamed H).
Qed.

Lemma nearest_nil s q x : q \in s -> meets x q -> [seq r <- s | meets x r] != [::].
Proof.
move=> Hq Hx; apply/eqP => E; have := mem_filter (meets x) q s.
by rewrite E Hx Hq.
Qed.

Lemma hausdorff_average : average (hausdorff o).
Proof.
have ends (q : nat * nat) : meets q.1 q /\ meets q.2 q by rewrite /meets !eqxx orbT.
split.
- move=> f g s H; apply: maximum_mono => q _; rewrite !greatestE.
  have N x : nearest o f s x <= nearest o g s x.
    by apply: minimum_mono => r; rewrite mem_filter => /andP [_ /H].
  by rewrite le_maxl !le_maxr !N orbT.
- move=> l f s Hl; rewrite -maximum_scale //; apply: eq_maximum => q _.
  have N x : nearest o (fun p => l * f p) s x = l * nearest o f s x by exact: minimum_scale.
  by rewrite !N !greatestE maxr_pmulr // ltW.
- move=> f s t H; have N x : nearest o f s x = nearest o f t x by apply/minimum_perm/perm_mem/perm_filter.
  by rewrite /hausdorff (maximum_perm _ (perm_mem H)); apply: eq_maximum => q _; rewrite !N.
- move=> t f s H; rewrite /hausdorff maximum_map; apply: eq_maximum => q Hq.
  have [/= H1 H2] := ends q; have M x : meets x q -> has (meets x) s by move=> Hx; apply/hasP; exists q.
  rewrite -!(nearest_renamed f H) ?M // /ordered; case: ifP => _ //=.
  by rewrite !greatestE maxC.
- move=> m s Hm Hs; rewrite -{2}(average_const maximum_average Hm Hs); apply: eq_maximum => q Hq.
  have N x : meets x q -> nearest o (fun=> m) s x = m.
    by move=> Hx; apply: (average_const minimum_average Hm); apply: nearest_nil Hq Hx.
  by have [/N -> /N ->] := ends q; rewrite greatestE maxxx.
Qed.

Lemma maximum_sees : sees (@maximum R o _).
Proof.
move=> f s p Hp _; apply: (le_trans (maximum_ge f Hp)).
by rewrite ler_pemulr ?maximum_ge0 // ler1n; case: s Hp.
Qed.

Lemma mean_sees : sees (@mean R o _).
Proof.
move=> f s p Hp H; rewrite /mean /= divfK ?total_ge //.
by rewrite pnatr_eq0 size_eq0; case: s Hp {H}.
Qed.

Section Averages.

Variables (A : summary) (HA : average A).

Lemma average_eq f g s : (forall p, p \in s -> f p = g p) -> A f s = A g s.
Proof. by move=> H; apply/eqP; rewrite eq_le !(average_mono HA) // => p Hp; rewrite H. Qed.

Lemma average_le f s m : 0 <= m -> s != [::] -> (forall p, p \in s -> f p <= m) -> A f s <= m.
Proof. by move=> Hm Hs H; rewrite -[X in _ <= X](average_const HA Hm Hs); apply: (average_mono HA). Qed.

Lemma average_ge f s m : 0 <= m -> s != [::] -> (forall p, p \in s -> m <= f p) -> m <= A f s.
Proof. by move=> Hm Hs H; rewrite -[X in X <= _](average_const HA Hm Hs); apply: (average_mono HA). Qed.

Lemma average_gt0 f s : s != [::] -> (forall p, p \in s -> 0 < f p) -> 0 < A f s.
Proof.
move=> Hs H; have Hm := minimum_gt0 Hs H; apply: (lt_le_trans Hm).
by apply: average_ge => //; [exact: ltW | move=> p; apply: minimum_le].
Qed.

End Averages.

End Summaries.
