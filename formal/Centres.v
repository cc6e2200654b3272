(** Choices of a centre for each cluster, and distances to one's own and to others. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Clusters.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Centres.

Variable R : realFieldType.
Notation o := (field_ops R).

(** One point of each cluster, in any order. *)
Definition centres (n : nat) (c : nat -> nat) (k : seq nat) : Prop :=
  [/\ forall y, y \in k -> (y < n)%N, {in k &, injective c} & forall x, (x < n)%N -> exists2 y, y \in k & c y = c x].

Lemma mem_choices_cons (s : seq nat) (ks : seq (seq nat)) x k :
  (x :: k \in flatten [seq [seq y :: k' | k' <- ks] | y <- s]) = (x \in s) && (k \in ks).
Proof.
apply/flatten_mapP/andP => [[y Hy /mapP [k' Hk [-> ->]]] //|[Hx Hk]].
by exists x => //; apply/mapP; exists k.
Qed.

Lemma nil_choices (s : seq nat) (ks : seq (seq nat)) :
  ([::] \in flatten [seq [seq y :: k' | k' <- ks] | y <- s]) = false.
Proof. by apply/negP => /flatten_mapP [y _ /mapP [k']]. Qed.

Definition products := foldr (fun s ks => flatten [seq [seq x :: k | k <- ks] | x <- s]) [:: [::] : seq nat].

Lemma mem_products n c (owns : seq nat) k :
  (k \in products [seq members n c own | own <- owns]) = (map c k == owns) && all (fun y => (y < n)%N) k.
Proof.
elim: owns k => [|own owns IH] [|x k] //=; first by rewrite nil_choices.
rewrite mem_choices_cons mem_members IH eqseq_cons.
by case: (c x == own); case: (x < n)%N; rewrite ?andbF.
Qed.

Lemma mem_choices n c k : (k \in choices n c) = (map c k == clusters n c) && all (fun y => (y < n)%N) k.
Proof. exact: mem_products. Qed.

Lemma choices_centres n c k : k \in choices n c -> centres n c k.
Proof.
rewrite mem_choices => /andP [/eqP E /allP Hk]; split=> //.
  have U : uniq (map c k) by rewrite E undup_uniq.
  move=> x y Hx Hy Hc; apply/eqP; apply: contraT => Hxy.
  have [i Hi Ei] := (nthP 0%N Hx); have [j Hj Ej] := (nthP 0%N Hy).
  move/(uniqP 0%N): U => U; suff Eij : i = j by rewrite -Ei -Ej Eij eqxx in Hxy.
  by apply: U; rewrite ?inE ?size_map // !(nth_map 0%N) // Ei Ej.
move=> x Hx; have : c x \in map c k by rewrite E mem_clusters; apply/hasP; exists x; rewrite ?mem_iota.
by move=> /mapP [y Hy ->]; exists y.
Qed.

(** The margin asks of a choice only which points are in it. *)

Lemma own_centre_in n c k x : centres n c k -> (x < n)%N -> (own_centre c k x \in k) && (c (own_centre c k x) == c x).
Proof.
move=> [_ _ cover] Hx; rewrite /own_centre; have [y Hy E] := cover _ Hx.
have : y \in [seq y <- k | c y == c x] by rewrite mem_filter Hy E eqxx.
case E2 : [seq _ <- k | _] => [|z u] // _ /=.
by have : z \in [seq y <- k | c y == c x]; [rewrite E2 mem_head | rewrite mem_filter andbC].
Qed.

Lemma own_centre_eq n c k x y : centres n c k -> (x < n)%N -> y \in k -> c y == c x -> own_centre c k x = y.
Proof.
move=> H Hx Hy /eqP E; have /andP [H1 /eqP H2] := own_centre_in H Hx.
by case: H => _ inj _; apply: inj => //; rewrite H2 E.
Qed.

Lemma to_own_eq n (d : nat -> nat -> R) c k k' x : centres n c k -> centres n c k' -> k =i k' -> (x < n)%N ->
  to_own d c k x = to_own d c k' x.
Proof.
move=> H H' E Hx; have /andP [H1 H2] := own_centre_in H Hx.
by rewrite /to_own (own_centre_eq H' Hx _ H2) // -E.
Qed.

Lemma to_other_eq (d : nat -> nat -> R) c k k' x : k =i k' -> to_other o d c k x = to_other o d c k' x.
Proof. by move=> E; apply: minimum_perm => y; rewrite !mem_filter E. Qed.

Lemma margin_eq n d c k k' : centres n c k -> centres n c k' -> k =i k' -> margin o n d c k = margin o n d c k'.
Proof.
move=> H H' E; rewrite /margin.
have -> : [seq x <- points n | x \notin k] = [seq x <- points n | x \notin k'].
  by apply: eq_filter => x; rewrite E.
apply: eq_mean => x; rewrite mem_filter mem_iota => /andP [_ /andP [_ Hx]].
by rewrite (to_own_eq d H H' E Hx) (to_other_eq d c x E).
Qed.

Lemma mean_gap_eq clip n d c k k' : centres n c k -> centres n c k' -> k =i k' ->
  mean_gap o n d c clip k = mean_gap o n d c clip k'.
Proof.
move=> H H' E; apply: eq_mean => x; rewrite mem_iota => /andP [_ Hx].
by rewrite (to_own_eq d H H' E Hx) (to_other_eq d c x E).
Qed.

Lemma centres_choice n c k : centres n c k -> exists2 k0, k0 \in choices n c & k0 =i k.
Proof.
move=> H; pose pick own := head 0%N [seq y <- k | c y == own].
have P x : (x < n)%N -> pick (c x) \in k /\ c (pick (c x)) = c x.
  by move=> Hx; have /andP [? /eqP ?] := own_centre_in H Hx.
have Q own : own \in clusters n c -> exists2 x, (x < n)%N & c x = own.
  by rewrite mem_clusters => /hasP [x]; rewrite mem_iota => /andP [_ Hx] /eqP E; exists x.
exists (map pick (clusters n c)).
  rewrite mem_choices -map_comp; apply/andP; split.
    by apply/eqP; rewrite -[RHS]map_id; apply/eq_in_map => own /Q [x Hx <-] /=; case: (P _ Hx).
  by apply/allP => y /mapP [own /Q [x Hx <-] ->]; case: H => range _ _; apply: range; case: (P _ Hx).
move=> y; apply/mapP/idP => [[own /Q [x Hx <-] ->]|Hy]; first by case: (P _ Hx).
have Hyn : (y < n)%N by case: H => range _ _; apply: range.
exists (c y); first by rewrite mem_clusters; apply/hasP; exists y; rewrite ?mem_iota.
by case: (P _ Hyn) => H1 H2; case: H => _ inj _; apply: inj.
Qed.

Lemma some_choice n c : exists k, k \in choices n c.
Proof.
pose rep own := head 0%N (members n c own); exists (map rep (clusters n c)).
rewrite mem_choices -map_comp.
have P own : own \in clusters n c -> rep own \in members n c own.
  rewrite mem_clusters => /hasP [x Hx Ex]; rewrite /rep.
  have : x \in members n c own by rewrite mem_filter Ex.
  by case E : (members n c own) => [|y u] // _; rewrite mem_head.
apply/andP; split.
  by apply/eqP; rewrite -[RHS]map_id; apply/eq_in_map => own /P; rewrite mem_members /= => /andP [/eqP ].
by apply/allP => y /mapP [own /P H ->]; move: H; rewrite mem_members => /andP [].
Qed.

Lemma choices_nil n c : choices n c != [::].
Proof. by have [k] := some_choice n c; apply: contraL => /eqP ->. Qed.

(** The least of anything over all choices, as long as it hangs on the points in them alone. *)

Section Least.

Variable cost : nat -> (nat -> nat -> R) -> (nat -> nat) -> seq nat -> R.
Hypothesis cost_eq : forall n d c k k', centres n c k -> centres n c k' -> k =i k' -> cost n d c k = cost n d c k'.

Lemma least_le n d c k : centres n c k -> minimum o (cost n d c) (choices n c) <= cost n d c k.
Proof.
move=> H; have [k0 H0 E] := centres_choice H.
by rewrite -(cost_eq d (choices_centres H0) H E); apply: minimum_le.
Qed.

Lemma least_attained n d c : exists2 k, centres n c k & minimum o (cost n d c) (choices n c) = cost n d c k.
Proof.
have [k Hk E] := minimum_in (cost n d c) (choices_nil n c).
by exists k => //; apply: choices_centres.
Qed.

End Least.

Definition margin_least := least_le margin_eq.
Definition margin_attained := least_attained (margin o).

(** Distances to centres. *)

Section Distances.

Variables (n : nat) (d d' : nat -> nat -> R) (c : nat -> nat) (k : seq nat).
Hypotheses (Hd : distance n d) (Hc : non_trivial n c) (Hk : centres n c k) (H : consistent_change n c d d').

Lemma others_nil x : [seq y <- k | c y != c x] != [::].
Proof.
case: Hk => _ _ cover; have [z Hz Hzx] := other_cluster x Hc; have [y Hy E] := cover _ Hz.
by apply/eqP => H0; have := mem_filter (fun y => c y != c x) y k; rewrite H0 E Hzx Hy.
Qed.

Lemma to_own_ge0 x : (x < n)%N -> 0 <= to_own d c k x.
Proof.
move=> Hx; have /andP [H1 _] := own_centre_in Hk Hx; case: Hk => range _ _; case: Hd => zero _ pos; rewrite /to_own.
by case: (altP (x =P own_centre c k x)) => [<-|Hne]; [rewrite zero | apply/ltW/pos; rewrite // range].
Qed.

Lemma to_other_gt0 x : (x < n)%N -> 0 < to_other o d c k x.
Proof.
move=> Hx; apply: minimum_gt0 => [|y]; first exact: others_nil.
rewrite mem_filter => /andP [Hyx Hy]; case: Hd => _ _ pos; case: Hk => range _ _; apply: pos; rewrite // ?range //.
by apply: contraNneq Hyx => ->.
Qed.

Lemma to_own_shrinks x : (x < n)%N -> to_own d' c k x <= to_own d c k x.
Proof.
move=> Hx; have /andP [H1 H2] := own_centre_in Hk Hx; case: Hk => range _ _.
by have := H Hx (range _ H1); rewrite eq_sym H2.
Qed.

Lemma to_other_grows x : (x < n)%N -> to_other o d c k x <= to_other o d' c k x.
Proof.
move=> Hx; apply: minimum_mono => y; rewrite mem_filter => /andP [Hyx Hy]; case: Hk => range _ _.
by have := H Hx (range _ Hy); rewrite eq_sym (negbTE Hyx).
Qed.

End Distances.

Section Isomorphism.

Variables (n : nat) (d d' : nat -> nat -> R) (c c' s t : nat -> nat).
Hypotheses (Hst : bijection n s t) (Hc : renamed n s c c').
Hypothesis (E : forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)).

Lemma centres_back k : centres n c k -> centres n c' (map t k).
Proof.
move=> [range inj cover]; split.
- by move=> y /mapP [z Hz ->]; have [_ ? _ _] := Hst (range _ Hz).
- move=> x y /mapP [u Hu ->] /mapP [v Hv ->] Ec.
  have [[_ Hu1 Eu _] [_ Hv1 Ev _]] := (Hst (range _ Hu), Hst (range _ Hv)).
  by congr t; apply: inj => //; apply/eqP; rewrite -Eu -Ev -(Hc Hu1 Hv1) Ec.
- move=> x Hx; have [Hs _ _ _] := Hst Hx; have [y Hy Ey] := cover _ Hs.
  have [_ Ht Eyy _] := Hst (range _ Hy).
  by exists (t y); [apply: map_f | apply/eqP; rewrite (Hc Ht Hx) Eyy Ey].
Qed.

Variables (k : seq nat) (Hk : centres n c k).

Lemma to_own_isomorphic x : (x < n)%N -> to_own d' c' (map t k) x = to_own d c k (s x).
Proof.
move=> Hx; have [Hs _ _ _] := Hst Hx; have /andP [H1 H2] := own_centre_in Hk Hs.
case: (Hk) => range _ _; have [_ Ht Ez _] := Hst (range _ H1).
rewrite /to_own; have -> : own_centre c' (map t k) x = t (own_centre c k (s x)).
  by apply: (own_centre_eq (centres_back Hk) Hx); rewrite ?map_f // (Hc Ht Hx) Ez.
by rewrite E // Ez.
Qed.

Lemma to_other_isomorphic x : (x < n)%N -> to_other o d' c' (map t k) x = to_other o d c k (s x).
Proof.
move=> Hx; case: (Hk) => range _ _; rewrite /to_other.
have -> : [seq y <- map t k | c' y != c' x] = map t [seq y <- k | c y != c (s x)].
  rewrite filter_map; congr map; apply: eq_in_filter => y Hy /=.
  by have [_ Hty Ey _] := Hst (range _ Hy); rewrite (Hc Hty Hx) Ey.
rewrite minimum_map; apply: eq_minimum => y; rewrite mem_filter => /andP [_ Hy] /=.
by have [_ Hty Ey _] := Hst (range _ Hy); rewrite E // Ey.
Qed.

Lemma margin_isomorphic : margin o n d' c' (map t k) = margin o n d c k.
Proof.
case: (Hk) => range _ _.
have P : perm_eq (map s [seq x <- points n | x \notin map t k]) [seq x <- points n | x \notin k].
  apply: (perm_keep Hst) => x Hx; congr (~~ _); apply/mapP/idP => [[y Hy ->]|Hy].
    by have [_ _ -> _] := Hst (range _ Hy).
  by have [_ _ _ Ex] := Hst Hx; exists (s x).
rewrite /margin; apply: (etrans _ (mean_perm _ P)); rewrite mean_map; apply: eq_mean => x.
by rewrite mem_filter mem_iota => /andP [_ /andP [_ Hx]] /=; rewrite to_own_isomorphic ?to_other_isomorphic.
Qed.

Lemma mean_gap_isomorphic clip : mean_gap o n d' c' clip (map t k) = mean_gap o n d c clip k.
Proof.
rewrite /mean_gap; apply: (etrans _ (mean_perm _ (perm_points Hst))); rewrite mean_map; apply: eq_mean => x.
by rewrite mem_iota => /andP [_ Hx] /=; rewrite to_own_isomorphic ?to_other_isomorphic.
Qed.

End Isomorphism.

Lemma bijection_sym n s t : bijection n s t -> bijection n t s.
Proof. by move=> H x /H []. Qed.

Lemma least_isomorphic (cost : nat -> (nat -> nat -> R) -> (nat -> nat) -> seq nat -> R) :
  (forall n d c k k', centres n c k -> centres n c k' -> k =i k' -> cost n d c k = cost n d c k') ->
  (forall n d d' c c' s t, bijection n s t -> renamed n s c c' ->
    (forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)) ->
    forall k, centres n c k -> cost n d' c' (map t k) = cost n d c k) ->
  isomorphism_invariant (fun n d c => minimum o (cost n d c) (choices n c)).
Proof.
move=> cost_eq cost_iso n d d' c c' s t _ _ _ Hst Hc E; apply/eqP; rewrite eq_le; apply/andP; split.
  have [k Hk ->] := least_attained cost n d c; rewrite -(cost_iso _ _ _ _ _ _ _ Hst Hc E _ Hk).
  exact/(least_le cost_eq)/(centres_back Hst Hc).
have [k Hk ->] := least_attained cost n d' c'.
have Hts := bijection_sym Hst.
have Hc' : renamed n t c' c.
  move=> x y Hx Hy; have [[_ Htx Ex _] [_ Hty Ey _]] := (Hst _ Hx, Hst _ Hy).
  by rewrite (Hc _ _ Htx Hty) Ex Ey.
have E' x y : (x < n)%N -> (y < n)%N -> d x y = d' (t x) (t y).
  by move=> Hx Hy; have [[_ Htx Ex _] [_ Hty Ey _]] := (Hst _ Hx, Hst _ Hy); rewrite E // Ex Ey.
rewrite -(cost_iso _ _ _ _ _ _ _ Hts Hc' E' _ Hk); exact/(least_le cost_eq)/(centres_back Hts Hc').
Qed.

End Centres.
